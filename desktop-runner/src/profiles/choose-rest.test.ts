import { expect, test } from "vitest";
import { chooseRest } from "./choose-rest.ts";

const minute = 60_000;
const sessions = [5, 1, 20, 0].map((minutes) => ({ profileId: `${minutes}`, usedAt: -minutes * minute }));
const rest = (afterMinutes: number, short: number) => chooseRest(sessions, { now: 0, afterMs: afterMinutes * minute, short });

test("what nobody has used for long hibernates, and nothing else while there is memory", () => {
  expect(rest(15, 0)).toEqual(["20"]);
  expect(rest(5, 0)).toEqual(["20", "5"]);
  expect(rest(60, 0)).toEqual([]);
});

test("where memory is short, those that were used the longest ago go first, and one that is in use stays", () => {
  expect(rest(60, 2)).toEqual(["20", "5"]);
  expect(rest(15, 2)).toEqual(["20", "5"]);
  expect(rest(60, 100)).toEqual(["20", "5", "1"]);
});
