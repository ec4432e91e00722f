import { Cron } from "croner";
import type { ScheduleWhen } from "../schemas/schedule.ts";

/**
 * The times of a schedule, as instants. A cron expression goes by the wall clock of its zone, as Vixie's cron does: a fixed time that the
 * clocks jump over comes right after the jump, one that they pass twice comes once, at the first; what comes each hour or minute follows
 * real time. A day that a zone leaves out has no times.
 */
export type Times = {
  /** The first after this instant, milliseconds since the epoch; undefined when there is none. */
  after(instant: number): number | undefined;
  /** The last before this instant; undefined when there is none, or none since it was installed. */
  before(instant: number): number | undefined;
};

export type ReadTimes = { ok: true; times: Times } | { ok: false; field: "cron" | "timeZone"; message: string };

/** `installedAt`, milliseconds since the epoch, is where the count of "every N minutes" begins. */
export function readTimes(when: ScheduleWhen, installedAt: number): ReadTimes {
  switch (when.kind) {
    case "cron":
      return readCron(when.cron, when.timeZone);
    case "every": {
      const step = when.minutes * 60_000;
      const nth = (count: number) => installedAt + count * step;
      return {
        ok: true,
        times: {
          after: (instant) => nth(Math.max(1, Math.floor((instant - installedAt) / step) + 1)),
          before: (instant) => {
            const count = Math.ceil((instant - installedAt) / step) - 1;
            return count < 1 ? undefined : nth(count);
          },
        },
      };
    }
    case "once": {
      const at = Date.parse(when.at);
      return {
        ok: true,
        times: { after: (instant) => (instant < at ? at : undefined), before: (instant) => (at < instant ? at : undefined) },
      };
    }
    case "start":
    case "webhook":
    case "after":
      return { ok: true, times: { after: () => undefined, before: () => undefined } };
  }
}

/** The next times after an instant, at most `count`. */
export function nextTimes(times: Times, after: number, count: number): number[] {
  const found: number[] = [];
  for (let at = times.after(after); at !== undefined && found.length < count; at = times.after(at)) found.push(at);
  return found;
}

function readCron(text: string, timeZone: string): ReadTimes {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    return { ok: false, field: "timeZone", message: `“${timeZone}” is no time zone. Use a name like Europe/Berlin.` };
  }
  if (text.trim().split(/\s+/).length !== 5) {
    return { ok: false, field: "cron", message: "Five fields: minute, hour, day of the month, month, day of the week." };
  }
  let cron: Cron;
  try {
    cron = new Cron(text, { timezone: timeZone, paused: true, mode: "5-part" });
  } catch (error) {
    return { ok: false, field: "cron", message: readable(error) };
  }
  return {
    ok: true,
    times: {
      after: (instant) => cron.nextRun(new Date(instant))?.getTime(),
      before: (instant) => cron.previousRuns(1, new Date(instant))[0]?.getTime(),
    },
  };
}

function readable(error: unknown): string {
  const text = error instanceof Error ? error.message.replace(/^CronPattern: /, "").replace(/\.$/, "") : "It cannot be read";
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
