import { readTimes } from "@deskhand/shared/schedule/times";
import type { Schedule, ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import { describe, expect, test } from "vitest";
import { decideFirings } from "./decide-firings.ts";

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.parse("2026-06-01T12:00:00Z");

function scene(missed: Schedule["missed"], when: ScheduleWhen = { kind: "every", minutes: 60 }) {
  const read = readTimes(when, noon);
  if (!read.ok) throw new Error(read.message);
  let decidedUpTo = noon;
  return (now: number, lookingSince = noon) => {
    const decision = decideFirings({ times: read.times, missed, decidedUpTo, now, lookingSince });
    decidedUpTo = decision.decidedUpTo;
    return { ...decision, fire: decision.fire.map(({ at, reason }) => [(at - noon) / hour, reason]) };
  };
}

test("a time fires once, when it comes", () => {
  const look = scene({ policy: "skip" });
  expect(look(noon + hour - 1).fire).toEqual([]);
  expect(look(noon + hour + 5).fire).toEqual([[1, null]]);
  expect(look(noon + hour + minute).fire).toEqual([]);
});

describe("times at which the computer was asleep for eight hours", () => {
  const wake = noon + 8 * hour + 30 * minute;

  test("are passed over, and told with their number", () => {
    expect(scene({ policy: "skip" })(wake)).toMatchObject({
      fire: [],
      missed: { first: noon + hour, last: noon + 8 * hour, count: 8, reason: "RUNNER_ASLEEP" },
    });
  });

  test("are made up for by one", () => {
    expect(scene({ policy: "run-once" })(wake)).toMatchObject({ fire: [[8, "CAUGHT_UP"]], missed: { count: 7 } });
    // one that is on time is reason enough
    expect(scene({ policy: "run-once" })(noon + 8 * hour)).toMatchObject({ fire: [[8, null]], missed: { count: 7 } });
  });

  test("are made up for, the newest and no more than the limit, in their order", () => {
    const caughtUp = (count: number) => Array.from({ length: count }, (_, index) => [9 - count + index, "CAUGHT_UP"]);
    expect(scene({ policy: "catch-up", limit: 3 })(wake)).toMatchObject({ fire: caughtUp(3), missed: { count: 5 } });
    expect(scene({ policy: "catch-up", limit: 100 })(wake)).toMatchObject({ fire: caughtUp(8), missed: undefined });
  });
});

test("times at which the program was not running say so", () => {
  const since = noon + 5 * hour;
  expect(scene({ policy: "skip" })(since + 1_000, since)).toMatchObject({ missed: { count: 4, reason: "RUNNER_OFF" }, fire: [[5, null]] });
});

test("of a year of minutes that were missed, the newest are told", () => {
  const { missed, fire } = scene({ policy: "run-once" }, { kind: "every", minutes: 1 })(noon + 365 * 24 * hour);
  expect([fire.length, missed?.count]).toEqual([1, 499]);
});

describe("a clock that is set back", () => {
  test("by an hour fires nothing twice, and goes on when it is there again", () => {
    const look = scene({ policy: "skip" });
    expect(look(noon + 2 * hour).fire).toHaveLength(1);
    expect(look(noon + hour + 1).fire).toEqual([]);
    expect(look(noon + 2 * hour).fire).toEqual([]);
    expect(look(noon + 3 * hour).fire).toEqual([[3, null]]);
  });

  test("by years was wrong before, and is believed", () => {
    const look = scene({ policy: "skip" });
    look(noon + 10_000 * hour);
    expect(look(noon + 3 * hour + 1).fire).toEqual([]);
    expect(look(noon + 4 * hour).fire).toEqual([[4, null]]);
  });
});
