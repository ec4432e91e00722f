import { readTimes, type Times } from "@deskhand/shared/schedule/times";
import { isTrigger, type Schedule, schedule } from "@deskhand/shared/schemas/schedule";

/** When a person wants something to run, as they have typed it so far. */
export type ScheduleDraft = {
  kind: "now" | "once" | "every" | "daily" | "cron" | "start" | "webhook" | "after";
  /** As `datetime-local` gives it: the wall clock of this browser. */
  at: string;
  every: number | "";
  unit: "minutes" | "hours" | "days";
  /** HH:MM */
  time: string;
  /** 0 is Sunday; none means each day. */
  days: number[];
  cron: string;
  timeZone: string;
  /** Of a webhook. */
  perHour: number | "";
  /** The workflow that it comes after, how that has to end, and where. */
  after: string | null;
  on: "success" | "failure" | "either";
  sameProfile: boolean;
  /** Inputs that a trigger sets, with where their values stand. */
  sets: Record<string, string>;
  jitterSeconds: number | "";
  overlap: Schedule["overlap"];
  missed: Schedule["missed"]["policy"];
  limit: number | "";
};

export function emptyDraft(timeZone: string): ScheduleDraft {
  return {
    kind: "now",
    at: "",
    every: 1,
    unit: "hours",
    time: "09:00",
    days: [],
    cron: "0 9 * * 1-5",
    timeZone,
    perHour: 60,
    after: null,
    on: "success",
    sameProfile: false,
    sets: {},
    jitterSeconds: 0,
    overlap: "skip",
    missed: "skip",
    limit: 10,
  };
}

/** A schedule as a form has it; `timeZone` is that of this browser. What a person does not touch is read as it was. */
export function draftOf({ when, jitterSeconds, overlap, missed }: Schedule, timeZone: string): ScheduleDraft {
  const limit = missed.policy === "catch-up" ? { limit: missed.limit } : {};
  const rules = { ...emptyDraft(timeZone), jitterSeconds, overlap, missed: missed.policy, ...limit };
  switch (when.kind) {
    case "start":
      return { ...rules, kind: when.kind };
    case "once":
      return { ...rules, kind: when.kind, at: localText(when.at) };
    case "every": {
      const unit = (["days", "hours"] as const).find((each) => when.minutes % minutesOf[each] === 0) ?? "minutes";
      return { ...rules, kind: when.kind, every: when.minutes / minutesOf[unit], unit };
    }
    case "webhook":
      return { ...rules, kind: when.kind, perHour: when.perHour, sets: when.inputs };
    case "after":
      return { ...rules, kind: when.kind, after: when.workflowId, on: when.on, sameProfile: when.sameProfile, sets: when.inputs };
    case "cron": {
      const typed: ScheduleDraft = { ...rules, kind: "cron", cron: when.cron, timeZone: when.timeZone };
      const [, minute = "", hour = "", days = ""] = /^(\d+) (\d+) \* \* (\*|[0-6](?:,[0-6])*)$/.exec(when.cron) ?? [];
      const time = `${hour.padStart(2, "0")}:${minute.padStart(2, "0")}`;
      const daily: ScheduleDraft = { ...typed, kind: "daily", time, days: days === "*" ? [] : days.split(",").map(Number) };
      const isDaily =
        minute !== "" && JSON.stringify(whenOf(daily)) === JSON.stringify({ kind: when.kind, cron: when.cron, timeZone: when.timeZone });
      return isDaily ? daily : typed;
    }
  }
}

/** An instant as `datetime-local` has it. */
function localText(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, -1)
    .replace(/(:00)?\.000$/, "");
}

export type DraftField = "at" | "every" | "time" | "cron" | "timeZone" | "jitterSeconds" | "limit" | "perHour" | "after" | "sets";
export type ReadDraft =
  | { ok: true; schedule: Schedule; times: Times }
  | { ok: true; schedule: undefined }
  | { ok: false; field: DraftField; message: string };

const minutesOf: Record<ScheduleDraft["unit"], number> = { minutes: 1, hours: 60, days: 24 * 60 };

/** What was typed, as it is sent; `now` in milliseconds since the epoch. */
export function readDraft(draft: ScheduleDraft, now: number): ReadDraft {
  if (draft.kind === "now") return { ok: true, schedule: undefined };
  const when = whenOf(draft);
  if ("field" in when) return { ok: false, ...when };
  const missed = draft.missed === "catch-up" ? { policy: draft.missed, limit: draft.limit } : { policy: draft.missed };
  const read = schedule.safeParse({
    when,
    jitterSeconds: draft.jitterSeconds === "" ? 0 : draft.jitterSeconds,
    overlap: draft.overlap,
    missed,
  });
  if (!read.success) {
    const [issue] = read.error.issues;
    const field = fieldOf(issue?.path ?? []);
    return { ok: false, field, message: field === "every" ? "From 1 minute to 366 days." : (issue?.message ?? "This cannot be read.") };
  }
  const times = readTimes(read.data.when, now);
  if (!times.ok) return times;
  if (!isTrigger(read.data.when) && times.times.after(now) === undefined) {
    return {
      ok: false,
      field: draft.kind === "once" ? "at" : "cron",
      message: draft.kind === "once" ? "Choose a time to come." : "This never comes.",
    };
  }
  if (read.data.when.kind === "every" && read.data.jitterSeconds >= read.data.when.minutes * 60) {
    return { ok: false, field: "jitterSeconds", message: "Shorter than the time between two runs." };
  }
  return { ok: true, schedule: read.data, times: times.times };
}

type Problem = { field: DraftField; message: string };

function whenOf(draft: ScheduleDraft): object | Problem {
  const { kind, at, every, unit, time, days, cron, timeZone, perHour, after, on, sameProfile, sets: inputs } = draft;
  if (kind === "webhook") return perHour === "" ? { field: "perHour", message: "Give a number." } : { kind, inputs, perHour };
  if (kind === "after") {
    return after === null ? { field: "after", message: "Choose a workflow." } : { kind, workflowId: after, on, inputs, sameProfile };
  }
  if (kind === "once") {
    const instant = new Date(at);
    return Number.isNaN(instant.getTime()) ? { field: "at", message: "Choose a day and a time." } : { kind, at: instant.toISOString() };
  }
  if (kind === "every") return every === "" ? { field: "every", message: "Give a number." } : { kind, minutes: every * minutesOf[unit] };
  if (kind === "start") return { kind };
  if (kind === "cron") return { kind, cron: cron.trim(), timeZone };
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(time) ?? [];
  if (!hour || !minute) return { field: "time", message: "Give a time." };
  const weekdays = days.length === 0 || days.length === 7 ? "*" : [...days].sort().join(",");
  return { kind: "cron", cron: `${Number(minute)} ${Number(hour)} * * ${weekdays}`, timeZone };
}

function fieldOf(path: readonly PropertyKey[]): DraftField {
  if (path[0] === "jitterSeconds") return "jitterSeconds";
  if (path[1] === "perHour") return "perHour";
  if (path[1] === "inputs") return "sets";
  if (path[0] === "missed") return "limit";
  return path.includes("minutes") ? "every" : path.includes("at") ? "at" : path.includes("timeZone") ? "timeZone" : "cron";
}
