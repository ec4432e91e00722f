import { nextTimes, readTimes } from "@deskhand/shared/schedule/times";
import { isTrigger, type Schedule, schedule } from "@deskhand/shared/schemas/schedule";
import { usageError } from "./failure.ts";
import { readInstant } from "./read-instant.ts";

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

/** The flags that say when, each with those that say more of it. */
const flagsOf = {
  cron: ["timeZone", "jitter", "overlap", "missed"],
  every: ["jitter", "overlap", "missed"],
  at: ["timeZone", "jitter", "missed"],
  onStart: ["overlap"],
  onWebhook: ["set", "perHour", "overlap"],
  after: ["afterEnd", "set", "sameProfile", "overlap"],
} as const satisfies Partial<Record<keyof ScheduleFlags, readonly (keyof ScheduleFlags)[]>>;
type Kind = keyof typeof flagsOf;
const kinds = Object.keys(flagsOf) as Kind[];
const more = [...new Set(Object.values(flagsOf).flat())];

const examples = "For example: --cron “0 9 * * 1-5” --time-zone Europe/Berlin, or --every 30 (minutes), or --at 2026-12-24T18:00:00Z";

/**
 * The schedule that was typed; undefined when none was. `after` is the id of the workflow that --after names. @throws CliError for what
 * cannot be read, means nothing there or never comes
 */
export function readSchedule(flags: ScheduleFlags, after?: string): Schedule | undefined {
  const [kind, another] = kinds.filter((flag) => flags[flag] !== undefined);
  const given = more.filter((flag) => flags[flag] !== undefined);
  if (!kind) {
    if (given.length > 0) throw usageError("It is not clear when to run it.", examples);
    return undefined;
  }
  if (another) {
    const all = new Intl.ListFormat("en").format(kinds.map(typed));
    throw usageError(`One of ${all} says when, not several.`, examples);
  }
  const own: readonly string[] = flagsOf[kind];
  const stray = given.find((flag) => !own.includes(flag));
  if (stray) throw usageError(`${typed(stray)} means nothing with ${typed(kind)}.`, `With it go: ${flagsOf[kind].map(typed).join(", ")}.`);

  const { jitter, overlap, missed } = flags;
  const read = schedule.safeParse({
    when: whenOf(kind, flags, after),
    ...(jitter === undefined ? {} : { jitterSeconds: Number(jitter) }),
    ...(overlap === undefined ? {} : { overlap }),
    ...(missed === undefined ? {} : { missed: missedOf(missed) }),
  });
  if (!read.success) throw usageError("The schedule cannot be read.", examples, { issues: read.error.issues });
  const { when, jitterSeconds } = read.data;
  const now = Date.now();
  const times = readTimes(when, now);
  if (!times.ok) throw usageError(times.message, examples);
  if (!isTrigger(when) && times.times.after(now) === undefined) {
    throw usageError(kind === "at" ? "That time is over." : "That time never comes.", "Give one that is still to come.");
  }
  if (when.kind === "every" && jitterSeconds >= when.minutes * 60)
    throw usageError("--jitter is not shorter than the time between two runs.", "Give fewer seconds.");
  return read.data;
}

/** The flags that would make this schedule. */
function flagsFor({ when, jitterSeconds, overlap, missed }: Schedule): ScheduleFlags {
  const rules = { jitter: String(jitterSeconds), overlap, missed: missed.policy === "catch-up" ? String(missed.limit) : missed.policy };
  const pairs = "inputs" in when ? Object.entries(when.inputs).map(([name, path]) => `${name}=${path}`) : [];
  const set = pairs.length > 0 ? { set: pairs } : {};
  switch (when.kind) {
    case "cron":
      return { ...rules, cron: when.cron, timeZone: when.timeZone };
    case "every":
      return { ...rules, every: String(when.minutes) };
    case "once":
      return { ...rules, at: when.at };
    case "start":
      return { ...rules, onStart: true };
    case "webhook":
      return { ...rules, ...set, onWebhook: true, perHour: String(when.perHour) };
    case "after":
      return { ...rules, ...set, after: when.workflowId, afterEnd: when.on, ...(when.sameProfile && { sameProfile: true }) };
  }
}

/** A schedule with what was typed: the rest stays as it was, as far as it means something for what says when. @throws as {@link readSchedule} */
export function changeFlags(before: Schedule, flags: ScheduleFlags): Schedule | undefined {
  const own = flagsFor(before);
  const [kind] = kinds.filter((flag) => flags[flag] !== undefined);
  const [kindBefore] = kinds.filter((flag) => own[flag] !== undefined);
  const chosen = kind ?? kindBefore;
  if (!chosen) return undefined;
  // the clocks of a cron expression say nothing of an instant
  const stays: readonly string[] =
    chosen === kindBefore ? [chosen, ...flagsOf[chosen]] : flagsOf[chosen].filter((flag) => flag !== "timeZone");
  const kept = Object.fromEntries(Object.entries(own).filter(([flag]) => stays.includes(flag)));
  return readSchedule({ ...kept, ...flags }, before.when.kind === "after" ? before.when.workflowId : undefined);
}

function whenOf(kind: Kind, flags: ScheduleFlags, workflowId: string | undefined): object {
  const { cron, every, at = "", timeZone, afterEnd: on = "success", sameProfile = false, perHour = 60 } = flags;
  const inputs = pathsOf(flags.set ?? []);
  switch (kind) {
    case "cron":
      return { kind: "cron", cron, timeZone: timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone };
    case "every":
      return { kind: "every", minutes: Number(every) };
    case "at":
      return { kind: "once", at: readInstant(at, timeZone) };
    case "onStart":
      return { kind: "start" };
    case "onWebhook":
      return { kind: "webhook", inputs, perHour: Number(perHour) };
    case "after":
      return { kind: "after", workflowId, on, inputs, sameProfile };
  }
}

/** A flag as it is typed. */
function typed(flag: string): string {
  return `--${flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The next times of a schedule, as people read them: by the clocks of its zone, else of this computer. */
export function nextLines({ when }: Schedule, installedAt = Date.now(), count = 5): string[] {
  if (when.kind === "webhook") return ["when a signed message comes"];
  if (when.kind === "after") return ["when a run of the other workflow has ended"];
  if (when.kind === "start") return ["each time that the runner starts"];
  const timeZone = when.kind === "cron" ? when.timeZone : undefined;
  const format = new Intl.DateTimeFormat("en-GB", { ...spelled, ...(timeZone ? { timeZone } : {}) });
  return nextInstants({ when }, installedAt, count).map((at) => format.format(at));
}

const spelled = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" } as const;

/** The next times of a schedule that its runner had since `installedAt`, milliseconds; none for one without times of its own. */
export function nextInstants({ when }: Pick<Schedule, "when">, installedAt = Date.now(), count = 5): number[] {
  const read = readTimes(when, installedAt);
  return read.ok ? nextTimes(read.times, Date.now(), count) : [];
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
