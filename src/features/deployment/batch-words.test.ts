import type { DeploymentResult } from "@deskhand/shared/schemas/deployment";
import { expect, test } from "vitest";
import { batchParts, isOver, placeWords, resultRows, toCsv } from "./batch-words.ts";

const counts = { queued: 1, leased: 1, accepted: 1, running: 1, succeeded: 2, failed: 3, cancelled: 1, expired: 1 };
const item: DeploymentResult = {
  profileId: "p",
  profileName: '=HYPERLINK("x")',
  runs: 2,
  runId: "r",
  state: "failed",
  failureCode: "PAGE_CRASHED",
  failureStep: 0,
  cancelRequestedAt: null,
  startedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: "2026-01-01T00:00:02.500Z",
  place: null,
  bytes: 0,
};

test("every profile is in one part, and it is over when none waits or is under way", () => {
  const parts = batchParts({ counts });
  expect(parts.map(({ count }) => count)).toEqual([2, 4, 1, 3, 1]);
  expect(isOver({ counts, profiles: 11 })).toBe(false);
  expect(isOver({ counts: { ...counts, queued: 0, leased: 0, accepted: 0, running: 0 }, profiles: 7 })).toBe(true);
});

test("a place is told as people count", () => {
  expect([1, 2, 3, 11, 12, 22].map((place) => placeWords(place, 340).split(" ")[0])).toEqual(["1st", "2nd", "3rd", "11th", "12th", "22nd"]);
});

test("a table for a spreadsheet holds no formula, and quotes what needs it", () => {
  const [head, row] = toCsv(resultRows([item], "http://x")).split("\r\n");
  expect(head).toBe("profile,state,failure,failedStep,startedAt,finishedAt,seconds,runs,run");
  expect(row).toBe(`"'=HYPERLINK(""x"")",failed,PAGE_CRASHED,1,${item.startedAt},${item.finishedAt},2.5,2,http://x/dashboard/runs/r`);
});
