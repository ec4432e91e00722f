import { describe, expect, test } from "vitest";
import { nextTimes, readTimes } from "./times.ts";

function timesOf(cron: string, timeZone: string) {
  const read = readTimes({ kind: "cron", cron, timeZone }, 0);
  if (!read.ok) throw new Error(read.message);
  return read.times;
}

const minute = 60_000;

/** What is added to UTC to get what the clocks of a zone show, milliseconds, found by asking the platform for the whole text. */
function offsetOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  return (at) => Date.parse(`${format.format(at).replace(" ", "T")}Z`) - at;
}

type Change = { at: number; before: number; after: number };

/** When the clocks of a zone change, to the minute, by halving what lies between two days that differ. */
function changesOf(timeZone: string, from: number, to: number): Change[] {
  const offset = offsetOf(timeZone);
  const found: Change[] = [];
  for (let day = from; day < to; day += 24 * 60 * minute) {
    let [low, high] = [day, day + 24 * 60 * minute];
    const [before, after] = [offset(low), offset(high)];
    if (before === after) continue;
    while (high - low > minute) {
      const middle = low + Math.floor((high - low) / 2 / minute) * minute;
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    found.push({ at: high, before, after });
  }
  return found;
}

/** The reference: for each date, the first instant at which the clocks show the time, or at which they jump over it. */
function daily(timeZone: string, hour: number, at: number, from: number, to: number): number[] {
  const day = 24 * 60 * minute;
  const changes = changesOf(timeZone, from - 3 * day, to + 3 * day);
  const offset = offsetOf(timeZone);
  const offsetAt = (instant: number) => changes.findLast((change) => change.at <= instant)?.after ?? changes[0]?.before ?? offset(from);
  const known = new Set(changes.flatMap(({ before, after }) => [before, after]).concat(offset(from)));
  const found: number[] = [];
  for (let date = Math.floor(from / day) * day - day; date < to + day; date += day) {
    const shown = date + hour * 60 * minute + at * minute;
    const shows = [...known].map((one) => shown - one).filter((instant) => offsetAt(instant) === shown - instant);
    const jump = changes.find((change) => change.at + change.before <= shown && shown < change.at + change.after);
    const instant = shows.length > 0 ? Math.min(...shows) : jump?.at;
    if (instant !== undefined && instant >= from && instant < to) found.push(instant);
  }
  return found;
}

const zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Antarctica/Troll", "Asia/Kolkata"];

describe.each(zones)("five years of days in %s", (zone) => {
  test.each([
    ["30 2 * * *", 2, 30],
    ["45 1 * * *", 1, 45],
    ["0 9 * * *", 9, 0],
  ])("%s", (cron, hour, at) => {
    const [from, to] = [Date.parse("2024-01-01T12:00:00Z"), Date.parse("2029-01-01T12:00:00Z")];
    const times = timesOf(cron, zone);
    const found: number[] = [];
    for (let next = times.after(from - 1); next !== undefined && next < to; next = times.after(next)) found.push(next);
    expect(found).toEqual(daily(zone, hour, at, from, to));
  });
});

test.each(zones)("backwards the same times are found in %s", (zone) => {
  for (const cron of ["30 2 * * *", "*/15 1-3 * * *"]) {
    const times = timesOf(cron, zone);
    const found = nextTimes(times, Date.parse("2026-02-01T00:00:00Z"), 300);
    const back: number[] = [];
    for (let at = times.before((found.at(-1) ?? 0) + 1); at !== undefined && back.length < 300; at = times.before(at)) back.unshift(at);
    expect(back).toEqual(found);
  }
});

test("each hour is each hour, whatever the clocks do", () => {
  for (const zone of zones) {
    const found = nextTimes(timesOf("0 * * * *", zone), Date.parse("2026-10-20T00:00:00Z"), 24 * 30);
    // a half hour's shift moves the full hour itself
    if (zone === "Australia/Lord_Howe") continue;
    expect(new Set(found.slice(1).map((at, index) => at - (found[index] ?? 0)))).toEqual(new Set([60 * minute]));
  }
});

test("a day that a zone left out has no times, and none is doubled", () => {
  const found = nextTimes(timesOf("0 12 * * *", "Pacific/Apia"), Date.parse("2011-12-28T00:00:00Z"), 4);
  expect(found.map((at) => new Date(at).toISOString().slice(0, 13))).toEqual([
    "2011-12-28T22",
    "2011-12-29T22",
    "2011-12-30T22",
    "2011-12-31T22",
  ]);
});

test("every N minutes counts from when it was installed", () => {
  const read = readTimes({ kind: "every", minutes: 7 }, 1_000);
  expect(read.ok && nextTimes(read.times, 0, 3)).toEqual([1_000 + 7 * minute, 1_000 + 14 * minute, 1_000 + 21 * minute]);
  expect(read.ok && read.times.after(1_000 + 7 * minute)).toBe(1_000 + 14 * minute);
});

test("once comes once", () => {
  const read = readTimes({ kind: "once", at: "2026-06-01T12:00:00Z" }, 0);
  expect(read.ok && nextTimes(read.times, 0, 5)).toEqual([Date.parse("2026-06-01T12:00:00Z")]);
});

test.each([
  ["61 * * * *", "Europe/Berlin", "cron"],
  ["* * * *", "Europe/Berlin", "cron"],
  ["0 0 * * * *", "Europe/Berlin", "cron"],
  ["nonsense", "UTC", "cron"],
  ["0 9 * * *", "Mars/Olympus", "timeZone"],
])("%s in %s is refused with words", (cron, timeZone, field) => {
  expect(readTimes({ kind: "cron", cron, timeZone }, 0)).toMatchObject({ ok: false, field, message: expect.stringMatching(/\.$/) });
});
