import { firingWords } from "@deskhand/shared/schemas/firing-words";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { describe, expect, test } from "vitest";
import { draftOf, emptyDraft, readDraft, type ScheduleDraft } from "./schedule-draft.ts";
import { ruleWords, scheduleWords } from "./schedule-words.ts";

const plain: Omit<Schedule, "when"> = { jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
const now = Date.parse("2026-06-01T12:00:00Z");
const read = (changes: Partial<ScheduleDraft>) => readDraft({ ...emptyDraft("Europe/Berlin"), ...changes }, now);

describe("what a person types", () => {
  test("now is no schedule", () => {
    expect(read({})).toEqual({ ok: true, schedule: undefined });
  });

  test("days and a time become a cron expression of their zone", () => {
    expect(read({ kind: "daily", time: "07:05" })).toMatchObject({ schedule: { when: { cron: "5 7 * * *", timeZone: "Europe/Berlin" } } });
    expect(read({ kind: "daily", time: "07:05", days: [5, 1] })).toMatchObject({ schedule: { when: { cron: "5 7 * * 1,5" } } });
  });

  test("units become minutes", () => {
    expect(read({ kind: "every", every: 2, unit: "days" })).toMatchObject({ schedule: { when: { kind: "every", minutes: 2880 } } });
  });

  test.each([
    [{ kind: "once", at: "" }, "at"],
    [{ kind: "once", at: "2020-01-01T09:00" }, "at"],
    [{ kind: "every", every: "" }, "every"],
    [{ kind: "every", every: 0 }, "every"],
    [{ kind: "daily", time: "" }, "time"],
    [{ kind: "cron", cron: "61 * * * *" }, "cron"],
    [{ kind: "cron", cron: "0 9 30 2 *" }, "cron"],
    [{ kind: "every", every: 1, unit: "minutes", jitterSeconds: 60 }, "jitterSeconds"],
    [{ kind: "start", missed: "catch-up", limit: "" }, "limit"],
  ] as [Partial<ScheduleDraft>, string][])("%o is refused at its field", (changes, field) => {
    expect(read(changes)).toMatchObject({ ok: false, field, message: expect.stringMatching(/\S/) });
  });
});

test.each<Schedule["when"]>([
  { kind: "start" },
  { kind: "once", at: "2026-12-24T18:00:00.000Z" },
  { kind: "once", at: "2026-12-24T18:00:07.250Z" },
  ...[1, 90, 120, 2880].map((minutes) => ({ kind: "every" as const, minutes })),
  ...["5 7 * * *", "05 07 * * *", "0 9 * * 1,5", "0 9 * * 5,1", "0 9 * * 1-5", "*/5 * * * *"].map((cron) => ({
    ...{ kind: "cron" as const, cron, timeZone: "Asia/Kathmandu" },
  })),
  { kind: "webhook", inputs: { word: "order.word" }, perHour: 7 },
  { kind: "after", workflowId: "0190a0b0-0000-7000-8000-000000000000", on: "either", inputs: { total: "sum" }, sameProfile: true },
])("a form that is opened with %o and not touched changes nothing", (when) => {
  for (const missed of [{ policy: "run-once" }, { policy: "catch-up", limit: 7 }] as const) {
    const schedule: Schedule = { when, jitterSeconds: 20, overlap: "cancel-old", missed };
    expect(readDraft(draftOf(schedule, "Europe/Berlin"), now)).toMatchObject({ ok: true, schedule });
  }
});

test("days are shown as days, and other expressions as they are", () => {
  const kind = (cron: string) => draftOf({ ...plain, when: { kind: "cron", cron, timeZone: "UTC" } }, "UTC").kind;
  expect([kind("5 7 * * *"), kind("0 9 * * 1,5"), kind("0 9 * * 1-5")]).toEqual(["daily", "daily", "cron"]);
});

test("rules are told in words, as far as they mean something", () => {
  expect(ruleWords({ ...plain, when: { kind: "every", minutes: 5 } })).toEqual([
    "When the last one still runs: pass this time over",
    "Times at which the computer was off or asleep: pass them over",
  ]);
  const rules = { jitterSeconds: 1, overlap: "queue", missed: { policy: "catch-up", limit: 3 } } as const;
  expect(ruleWords({ ...rules, when: { kind: "once", at: "2026-12-24T18:00:00Z" } })).toEqual([
    "Times at which the computer was off or asleep: make up for them, at most 3",
    "Begins up to 1 second later",
  ]);
  expect(ruleWords({ ...rules, when: { kind: "webhook", inputs: {}, perHour: 7 } })).toEqual([
    "When the last one still runs: begin after it",
  ]);
});

test("schedules are told in words", () => {
  const cron = (text: string) => scheduleWords({ when: { kind: "cron", cron: text, timeZone: "UTC" } });
  expect([cron("5 7 * * *"), cron("0 9 * * 1-5"), cron("0 9 * * 1,3,5"), cron("*/5 * * * *")]).toEqual([
    "Each day at 07:05, UTC",
    "Monday to Friday at 09:00, UTC",
    "Monday, Wednesday, and Friday at 09:00, UTC",
    "By “*/5 * * * *”, UTC",
  ]);
  const every = (minutes: number) => scheduleWords({ when: { kind: "every", minutes } });
  expect([every(1), every(45), every(60), every(1440 * 2)]).toEqual(["Every minute", "Every 45 minutes", "Every hour", "Every 2 days"]);
});

test("what became of a time is told with its reason", () => {
  expect(firingWords({ state: "fired", reason: null, count: 1 })).toBe("Began");
  expect(firingWords({ state: "missed", reason: "RUNNER_OFF", count: 8 })).toBe("8 missed: the runner was off");
  expect(firingWords({ state: "skipped", reason: "STILL_RUNNING", count: 1 })).toBe("Passed over: the runs before were not over");
  expect(firingWords({ state: "skipped", reason: "PAUSED", count: 3 })).toBe("3 passed over: the schedule was paused");
});
