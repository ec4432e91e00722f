import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedParts, diffSteps } from "./diff-steps.ts";
import type { Recording } from "./recording.ts";

const open = (url: string): Recording["steps"][number] => ({ type: "navigate", url });
const close: Recording["steps"][number] = { type: "close" };
const retry = (steps: Recording["steps"], attempts = 2): Recording["steps"][number] => ({
  type: "customStep",
  name: "deskhand.retry",
  parameters: { attempts, steps },
});
const kinds = (before: Recording["steps"], after: Recording["steps"]) =>
  diffSteps({ steps: before }, { steps: after }).map(
    ({ kind, before: one, after: other }) => `${kind} ${one?.number ?? "-"} ${other?.number ?? "-"}`,
  );

describe("the difference of two versions", () => {
  it("tells steps that were added, removed and changed", () => {
    expect(kinds([open("a"), open("b"), close], [open("a"), open("c"), close])).toEqual(["same 1 1", "changed 2 2", "same 3 3"]);
    expect(kinds([open("a")], [close, open("a")])).toEqual(["added - 1", "same 1 2"]);
    expect(kinds([open("a"), close], [open("a")])).toEqual(["same 1 1", "removed 2 -"]);
  });

  it("compares a block by itself, and what is inside of it step by step", () => {
    expect(kinds([retry([open("a")])], [retry([open("a"), close])])).toEqual(["same 1 1", "same 2 2", "added - 3"]);
    expect(kinds([retry([open("a")])], [retry([open("a")], 3)])).toEqual(["changed 1 1", "same 2 2"]);
    // a step that left its block is another line, though it says the same
    expect(kinds([retry([close])], [retry([]), close])).toEqual(["same 1 1", "changed 2 2"]);
  });

  it("names the other parts that differ", () => {
    const inputs = { properties: { who: { type: "string" as const } } };
    expect(changedParts({ title: "a", steps: [] }, { title: "a", inputs, steps: [close] })).toEqual(["inputs"]);
  });

  it("shows each step of both versions once, in order, whatever they are", () => {
    const steps = fc.array(
      fc.nat(4).map((n) => (n === 0 ? close : open(String(n)))),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const lines = diffSteps({ steps: before }, { steps: after });
        const numbers = (side: "before" | "after") => lines.flatMap((line) => line[side]?.number ?? []);
        expect(numbers("before")).toEqual(before.map((_, index) => index + 1));
        expect(numbers("after")).toEqual(after.map((_, index) => index + 1));
        for (const line of lines) if (line.kind === "same") expect(line.before?.json).toBe(line.after?.json);
      }),
    );
  });
});
