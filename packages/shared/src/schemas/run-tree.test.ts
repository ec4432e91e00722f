import { describe, expect, it } from "vitest";
import type { RunDetail, RunStepView } from "./run.ts";
import { currentStep, failedStep, inReadingOrder, ownStep, stepNumber, stepPlace, withInner } from "./run-tree.ts";

const step = (index: number, number: string, caller: number | null, state: RunStepView["state"] = "succeeded") =>
  ({ index, number, caller, state }) as RunStepView;
// the second of three steps runs a workflow of two steps, whose second runs one of one step
const steps = [step(0, "1", null), step(1, "2", null), step(2, "3", null), step(3, "2.1", 1), step(4, "2.2", 1), step(5, "2.2.1", 4)];
const indexes = (list: readonly RunStepView[]) => list.map(({ index }) => index);

describe("the steps of a run that runs other workflows", () => {
  it("are read where they are done, unless they are hidden", () => {
    expect(indexes(inReadingOrder(steps))).toEqual([0, 1, 3, 4, 5, 2]);
    expect(indexes(inReadingOrder(steps, (index) => index === 4))).toEqual([0, 1, 3, 4, 2]);
    expect(indexes(inReadingOrder(steps, (index) => index === 1))).toEqual([0, 1, 2]);
  });

  it("are called by where they are", () => {
    expect([stepNumber(steps, 5), stepPlace(steps, 5), stepPlace(steps, 2), stepNumber([], 2)]).toEqual([
      "2.2.1",
      "Step 2.2.1",
      "Step 3 of 3",
      "3",
    ]);
  });

  it("belong to the step that runs them", () => {
    expect([...withInner(steps, 1)]).toEqual([1, 3, 4, 5]);
    expect([...withInner(steps, 4)]).toEqual([4, 5]);
    expect([...withInner(steps, 0)]).toEqual([0]);
  });

  it("stand in the run's own workflow where the outermost step runs theirs", () => {
    const own = (index: number) => ownStep(steps, steps[index] as RunStepView).index;
    expect([own(5), own(3), own(2)]).toEqual([1, 1, 2]);
  });

  it("are the ones that are under way, and that failed, rather than those that run them", () => {
    const at = (state: RunStepView["state"]) => steps.map((one) => ({ ...one, state: [1, 4, 5].includes(one.index) ? state : one.state }));
    expect(currentStep(at("running"))?.index).toBe(5);
    expect(failedStep({ steps: at("failed"), failureStep: 1 } as RunDetail)?.index).toBe(5);
    expect(failedStep({ steps: at("failed"), failureStep: null } as RunDetail)).toBeUndefined();
    expect(failedStep({ steps, failureStep: 2 } as RunDetail)?.index).toBe(2);
  });
});
