import { nextTimes, readTimes } from "@deskhand/shared/schedule/times";
import { type Schedule, schedule } from "@deskhand/shared/schemas/schedule";
import { usageError } from "./failure.ts";

export type ScheduleFlags = {
  cron?: string;
  timeZone?: string;
  every?: string;
  at?: string;
  onStart?: boolean;
  onWebhook?: boolean;
  after?: string;
  afterEnd?: string;
  set?: string[];
  perHour?: string;
  sameProfile?: boolean;
  jitter?: string;
  overlap?: string;
  missed?: string;
};

const examples = "For example: --cron “0 9 * * 1-5” --time-zone Europe/Berlin, or --every 30 (minutes), or --at 2026-12-24T18:00:00Z";

/**
 * The schedule that was typed; undefined when none was. `after` is the id of the workflow that --after names. @throws CliError for what
 * cannot be read
 */
export function readSchedule(flags: ScheduleFlags, after?: string): Schedule | undefined {
  const { cron, every, at, onStart, onWebhook, timeZone, jitter, overlap, missed } = flags;
  const given = [cron, every, at, onStart, onWebhook, flags.after].filter((flag) => flag !== undefined);
  if (given.length === 0) {
    const { afterEnd, set, perHour, sameProfile } = flags;
    const lost = { timeZone, jitter, overlap, missed, afterEnd, set, perHour, sameProfile };
    const [first] = Object.entries(lost).filter(([, value]) => value !== undefined);
    if (first) throw usageError("It is not clear when to run it.", examples);
    return undefined;
  }
  if (given.length > 1)
    throw usageError("One of --cron, --every, --at, --on-start, --on-webhook and --after says when, not several.", examples);
  const when =
    cron !== undefined
      ? { kind: "cron", cron, timeZone: timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone }
      : every !== undefined
        ? { kind: "every", minutes: Number(every) }
        : at !== undefined
          ? { kind: "once", at: instantOf(at) }
          : onWebhook
            ? { kind: "webhook", inputs: pathsOf(flags.set ?? []), perHour: Number(flags.perHour ?? 60) }
            : flags.after !== undefined
              ? {
                  kind: "after",
                  workflowId: after,
                  on: flags.afterEnd ?? "success",
                  inputs: pathsOf(flags.set ?? []),
                  sameProfile: flags.sameProfile ?? false,
                }
              : { kind: "start" };
  const read = schedule.safeParse({
    when,
    ...(jitter === undefined ? {} : { jitterSeconds: Number(jitter) }),
    ...(overlap === undefined ? {} : { overlap }),
    ...(missed === undefined ? {} : { missed: missedOf(missed) }),
  });
  if (!read.success) throw usageError("The schedule cannot be read.", examples, { issues: read.error.issues });
  const times = readTimes(read.data.when, Date.now());
  if (!times.ok) throw usageError(times.message, examples);
  return read.data;
}

/** The next times of a schedule that begins now, as people read them. */
export function nextLines({ when }: Schedule, count = 5): string[] {
  if (when.kind === "webhook") return ["when a signed message comes"];
  if (when.kind === "after") return ["when a run of the other workflow has ended"];
  if (when.kind === "start") return ["each time that the runner starts"];
  const now = Date.now();
  const read = readTimes(when, now);
  const timeZone = when.kind === "cron" ? when.timeZone : undefined;
  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", ...(timeZone ? { timeZone } : {}) });
  return read.ok ? nextTimes(read.times, now, count).map((at) => format.format(at)) : [];
}

/** `name=path` pairs, or `name` alone for what has the input's own name. */
function pathsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = "", ...path] = pair.split("=");
      return [name, path.join("=") || name];
    }),
  );
}

/** skip, run-once, or a number of times that are made up for at most. */
function missedOf(text: string): unknown {
  return /^\d+$/.test(text) ? { policy: "catch-up", limit: Number(text) } : { policy: text };
}

function instantOf(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}
