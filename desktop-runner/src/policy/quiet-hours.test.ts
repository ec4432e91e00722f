import { describe, expect, it } from "vitest";
import { parseQuietRanges, type QuietHours, quietHours, quietUntil } from "./quiet-hours.ts";

const berlin = (text: string): QuietHours => ({ zone: "Europe/Berlin", ranges: parseQuietRanges(text) ?? [] });
const until = (hours: QuietHours | null, now: string) => {
  const end = quietUntil(hours, Date.parse(now));
  return end === undefined || !Number.isFinite(end) ? end : new Date(end).toISOString();
};

describe("quiet hours", () => {
  const night = berlin("22:00-06:00");
  it("go over midnight, in their own time zone", () => {
    expect(until(night, "2026-01-10T20:59:59Z")).toBeUndefined();
    expect(until(night, "2026-01-10T21:00:00Z")).toBe("2026-01-11T05:00:00.000Z");
    expect(until(night, "2026-01-11T04:59:59Z")).toBe("2026-01-11T05:00:00.000Z");
    expect(until(night, "2026-01-11T05:00:00Z")).toBeUndefined();
    expect(until(null, "2026-01-11T00:00:00Z")).toBeUndefined();
  });

  it("end when the wall clock says so on the days when the clocks change", () => {
    // 02:00 becomes 03:00 on 29 March, 03:00 becomes 02:00 on 25 October
    expect(until(night, "2026-03-28T21:30:00Z")).toBe("2026-03-29T04:00:00.000Z");
    expect(until(night, "2026-10-24T20:30:00Z")).toBe("2026-10-25T05:00:00.000Z");
    // an end that the clocks leap over is where they land
    expect(until(berlin("22:00-02:30"), "2026-03-28T22:00:00Z")).toBe("2026-03-29T01:00:00.000Z");
    // an hour that comes twice is quiet twice
    const twice = berlin("01:00-02:30");
    expect(until(twice, "2026-10-25T00:15:00Z")).toBe("2026-10-25T00:30:00.000Z");
    expect(until(twice, "2026-10-25T00:45:00Z")).toBeUndefined();
    expect(until(twice, "2026-10-25T01:15:00Z")).toBe("2026-10-25T01:30:00.000Z");
  });

  it("that follow each other end with the last, and those of a whole day never", () => {
    expect(until(berlin("22:00-00:00,00:00-05:00,04:00-07:00"), "2026-01-10T22:30:00Z")).toBe("2026-01-11T06:00:00.000Z");
    expect(until(berlin("08:00-08:00"), "2026-01-10T22:30:00Z")).toBe(Number.POSITIVE_INFINITY);
    expect(until(berlin("00:00-12:00,12:00-00:00"), "2026-01-10T22:30:00Z")).toBe(Number.POSITIVE_INFINITY);
  });

  it("are read as people write them, and nothing else is", () => {
    expect(parseQuietRanges(" 22:00 - 06:00 ,12:00-13:00")).toHaveLength(2);
    for (const text of ["", "22-6", "25:00-06:00", "22:00-06:60", "22:00", "22:00-06:00,"]) expect(parseQuietRanges(text)).toBeUndefined();
    expect(quietHours.safeParse({ zone: "Mars/Base", ranges: [{ from: "22:00", to: "06:00" }] }).success).toBe(false);
  });
});
