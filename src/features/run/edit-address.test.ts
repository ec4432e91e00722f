import { type RunStepView, runStepView } from "@deskhand/shared/schemas/run";
import { expect, test } from "vitest";
import { editAddress } from "./edit-address.ts";

const [outer, inner, innermost] = ["0191a0b0", "0191a0b1", "0191a0b2"].map((start) => `${start}-0000-7000-8000-000000000000`);
const step = (index: number, number: string, more: Partial<RunStepView> = {}): RunStepView => ({
  ...runStepView.parse({
    ...{ index, type: "click", verb: "Click", target: "#a", detail: null, depth: 0 },
    ...{ state: "succeeded", startedAt: null, durationMs: null, failureCode: null },
  }),
  number,
  ...more,
});
/** Its second step runs a workflow, whose second step runs another. */
const steps = (known = true) => [
  step(0, "1"),
  step(1, "2", { called: { workflowId: inner ?? "", version: 4 } }),
  step(2, "2.1", { caller: 1 }),
  step(3, "2.2", { caller: 1, called: known ? { workflowId: innermost ?? "", version: 7 } : null }),
  step(4, "2.2.1", { caller: 3 }),
];
const run = (known?: boolean) => ({ workflowId: outer ?? "", version: 3, steps: steps(known) });

test.each([
  [0, `/dashboard/workflows/${outer}/edit?step=1&of=3`],
  [1, `/dashboard/workflows/${outer}/edit?step=2&of=3`],
  [3, `/dashboard/workflows/${inner}/edit?step=2&of=4`],
  [4, `/dashboard/workflows/${innermost}/edit?step=1&of=7`],
])("step %i is changed in the workflow that it is in", (index, address) => {
  expect(editAddress(run(), run().steps[index] ?? step(9, "9"))).toBe(address);
});

test("of a workflow that was deleted the step that calls is left", () => {
  expect(editAddress(run(false), run().steps[4] ?? step(9, "9"))).toBe(`/dashboard/workflows/${outer}/edit?step=2&of=3`);
});
