import { expect, it } from "vitest";
import { cellWords, daysBetween, heatRows, heatTone, successRate } from "./heat-map-logic.ts";

it("has a row for each workflow, the busiest first, and a cell for each day", () => {
  const cell = (workflowId: string, day: string, succeeded: number, failed: number) => ({
    workflowId,
    workflowName: workflowId.toUpperCase(),
    day,
    succeeded,
    failed,
    other: 0,
  });
  const cells = [cell("a", "2026-02-28", 1, 0), cell("b", "2026-03-01", 3, 1)];
  const rows = heatRows({ from: "2026-02-27", to: "2026-03-01", cells, days: [] });
  expect(rows.map(({ workflowName, total, cells: found }) => [workflowName, total, found.map((one) => one?.rate ?? null)])).toEqual([
    ["B", 4, [null, null, 0.75]],
    ["A", 1, [null, 1, null]],
  ]);
  expect(daysBetween("2026-02-27", "2026-03-01")).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
});

it("says how well it went in words and in tones, of what ended in success or failure", () => {
  expect([1, 0.96, 0.9, 0.6, 0, null].map(heatTone)).toEqual(["best", "good", "fair", "poor", "bad", "none"]);
  expect(successRate({ succeeded: 0, failed: 0 })).toBeNull();
  expect(cellWords({ succeeded: 2, failed: 1, other: 0 })).toBe("2 succeeded, 1 failed");
  expect(cellWords({ succeeded: 0, failed: 0, other: 3 })).toContain("3 cancelled or expired");
});
