import type { RelayPoint } from "@deskhand/shared/schemas/relay-figures";
import { describe, expect, test } from "vitest";
import { type Chart, readable, summaryOf } from "./figure-words.ts";

const point = (joins: number | null): RelayPoint => ({
  at: "2026-03-01T12:00:00.000Z",
  figures: joins === null ? null : ({ joins } as RelayPoint["figures"]),
});
const chart: Chart = {
  title: "",
  description: "",
  unit: "count",
  summary: "sum",
  lines: [{ label: "Joins", color: "", read: ({ joins }) => joins }],
};

describe("a chart in words", () => {
  test("adds up what happened", () => expect(summaryOf(chart, [point(2), point(null), point(3)])).toBe("In all: Joins 5."));
  test("names the last known of what is measured", () =>
    expect(summaryOf({ ...chart, summary: "latest" }, [point(2), point(3), point(null)])).toBe("Last: Joins 3."));
  test("says so when nothing is known", () => expect(summaryOf(chart, [point(null)])).toMatch(/Nothing/));
});

test.each([
  [0.0042, "4.2 ms"],
  [0.25, "250 ms"],
  [2, "2 s"],
  [75, "1.3 min"],
  [7_200, "2 h"],
  [0, "0"],
])("%d seconds read as %s", (seconds, words) => expect(readable(seconds, "seconds")).toBe(words));
