import * as z from "zod";

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "A time of day is written like 22:00.");

/** Hours in which no run begins: by the wall clock of an IANA time zone, each day. A range may go over midnight; one of no length is all day. */
export const quietHours = z.object({
  zone: z.string().refine(isTimeZone, "There is no such time zone; they are named like Europe/Berlin."),
  ranges: z
    .array(z.object({ from: time, to: time }))
    .min(1)
    .max(20),
});
export type QuietHours = z.infer<typeof quietHours>;

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
/** Ranges that follow each other and a day of 25 hours: after so many minutes it is quiet all the time. */
const farthestMinutes = 26 * 60;

/**
 * When the quiet hours that are now end, milliseconds since the epoch; undefined when they are not now, `Infinity` when they never end.
 * The wall clock decides, so that on the day of a change of the clocks they last as long as it shows them.
 */
export function quietUntil(hours: QuietHours | null, now: number): number | undefined {
  if (!hours) return undefined;
  const wall = wallClock(hours.zone);
  const isQuiet = (at: number) => hours.ranges.some((range) => holds(range, wall(at)));
  if (!isQuiet(now)) return undefined;
  let at = Math.floor(now / minuteMs) * minuteMs;
  const latest = at + farthestMinutes * minuteMs;
  while (at <= latest) {
    // to the end of the longest range that holds now, in large steps; a change of the clocks is found by going on, or back
    const minute = wall(at);
    const left = Math.max(...hours.ranges.filter((range) => holds(range, minute)).map((range) => minutesLeft(range, minute)));
    at += left * minuteMs;
    if (isQuiet(at)) continue;
    while (!isQuiet(at - minuteMs)) at -= minuteMs;
    return at;
  }
  return Number.POSITIVE_INFINITY;
}

/** Reads `22:00-06:00, 12:00-13:00`. Undefined when that is not what it says. */
export function parseQuietRanges(text: string): QuietHours["ranges"] | undefined {
  const ranges = text.split(",").map((part) => /^\s*(\d\d:\d\d)\s*-\s*(\d\d:\d\d)\s*$/.exec(part));
  const parsed = quietHours.shape.ranges.safeParse(ranges.map((found) => ({ from: found?.[1], to: found?.[2] })));
  return parsed.data;
}

function holds({ from, to }: { from: string; to: string }, minute: number): boolean {
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  if (begin === end) return true;
  return begin < end ? minute >= begin && minute < end : minute >= begin || minute < end;
}

function minutesLeft({ from, to }: { from: string; to: string }, minute: number): number {
  if (from === to) return dayMinutes;
  return (minuteOf(to) - minute + dayMinutes) % dayMinutes;
}

function minuteOf(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** The minute of the day that a clock on the wall of the zone shows. */
function wallClock(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return (at) => minuteOf(format.format(at));
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
