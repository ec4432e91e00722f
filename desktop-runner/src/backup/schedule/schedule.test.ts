import { describe, expect, it } from "vitest";
import { describeSchedule, nextBackupAt, overdueAt, parseSchedule } from "./schedule.ts";

const never = { startedAt: null, succeededAt: null, failures: 0 };
const at = (day: number, hour: number, minute = 0) => new Date(2026, 2, day, hour, minute).getTime();
const hours = 3_600_000;

describe("a schedule", () => {
  it("is typed as people say it", () => {
    expect(["off", "6h", "30m", "90 min", "03:15"].map((typed) => describeSchedule(parseSchedule(typed) ?? { kind: "off" }))).toEqual([
      "off",
      "every 6 h",
      "every 30 min",
      "every 90 min",
      "daily at 03:15",
    ]);
    for (const typed of ["", "1m", "25:00", "3:7", "weekly", "1h30"]) expect(parseSchedule(typed)).toBeUndefined();
  });

  it("begins at once when it repeats, and at its time when it is daily; none never", () => {
    expect(nextBackupAt({ kind: "off" }, never, at(2, 10))).toBeNull();
    expect(nextBackupAt({ kind: "every", minutes: 360 }, never, at(2, 10))).toBe(at(2, 10));
    expect(nextBackupAt({ kind: "daily", hour: 3, minute: 15 }, never, at(2, 10))).toBe(at(3, 3, 15));
  });

  it("counts from the one before, whether or not it was missed", () => {
    const last = { startedAt: at(2, 10), succeededAt: at(2, 10), failures: 0 };
    expect(nextBackupAt({ kind: "every", minutes: 60 }, last, 0)).toBe(at(2, 11));
    expect(nextBackupAt({ kind: "daily", hour: 10, minute: 0 }, last, 0)).toBe(at(3, 10));
  });

  it("tries a failed one again sooner, ever later", () => {
    const waits = [1, 2, 3, 4, 9].map(
      (failures) =>
        (nextBackupAt({ kind: "daily", hour: 9, minute: 0 }, { startedAt: at(2, 10), succeededAt: 0, failures }, 0) ?? 0) - at(2, 10),
    );
    expect(waits).toEqual([5, 15, 60, 240, 240].map((minutes) => minutes * 60_000));
  });

  it("is overdue when a good one is missing for two turns and a day", () => {
    const last = { startedAt: at(9, 0), succeededAt: at(2, 0), failures: 3 };
    expect(overdueAt({ kind: "every", minutes: 60 }, last, 0)).toBe(at(2, 0) + 26 * hours);
    expect(overdueAt({ kind: "daily", hour: 3, minute: 0 }, never, at(2, 0))).toBe(at(2, 0) + 72 * hours);
    expect(overdueAt({ kind: "off" }, last, 0)).toBeNull();
  });
});
