import { expect, it } from "vitest";
import { instantsShowing } from "./wall-time.ts";

const at = (shown: string, timeZone: string) =>
  instantsShowing(Date.parse(`${shown}Z`), timeZone).map((instant) => new Date(instant).toISOString().slice(0, 16));

it.each([
  ["an hour of every day", "2026-12-24T18:00", "Europe/Berlin", ["2026-12-24T17:00"]],
  ["one that the clocks jump over", "2026-03-29T02:30", "Europe/Berlin", []],
  ["one that they pass twice", "2026-10-25T02:30", "Europe/Berlin", ["2026-10-25T00:30", "2026-10-25T01:30"]],
  ["the end of such an hour", "2026-10-25T03:00", "Europe/Berlin", ["2026-10-25T02:00"]],
  ["one of half an hour", "2026-04-05T01:45", "Australia/Lord_Howe", ["2026-04-04T14:45", "2026-04-04T15:15"]],
  ["a day that a zone left out", "2011-12-30T12:00", "Pacific/Apia", []],
  ["the day after it", "2011-12-31T00:00", "Pacific/Apia", ["2011-12-30T10:00"]],
  ["the zone that is furthest behind", "2026-07-01T00:00", "Etc/GMT+12", ["2026-07-01T12:00"]],
  ["the zone that is furthest ahead", "2026-07-01T00:00", "Pacific/Kiritimati", ["2026-06-30T10:00"]],
  ["UTC", "2026-07-01T00:00", "UTC", ["2026-07-01T00:00"]],
])("a clock shows %s", (_, shown, timeZone, instants) => {
  expect(at(shown, timeZone)).toEqual(instants);
});

it("a zone that is none is refused", () => {
  expect(() => at("2026-07-01T00:00", "Mars/Olympus")).toThrow(RangeError);
});
