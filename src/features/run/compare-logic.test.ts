import type { RunDetail, RunStepView } from "@deskhand/shared/schemas/run";
import { describe, expect, it } from "vitest";
import { changeWords, diffValues, pairSteps } from "./compare-logic.ts";

const step = (target: string, state: RunStepView["state"] = "succeeded") => ({
  type: "click",
  verb: "Click",
  target,
  state,
  turns: 1,
  failureCode: null,
  caller: null,
});
const run = (version: number, ...steps: object[]) =>
  ({ workflowId: "w", version, steps: steps.map((step, index) => ({ index, ...step })) }) as unknown as RunDetail;
const targets = (a: RunDetail, b: RunDetail) =>
  pairSteps(a, b).map((pair) => [pair.a?.target ?? null, pair.b?.target ?? null, pair.isDifferent]);

describe("two runs beside each other", () => {
  it("differ where a step ended otherwise", () => {
    const [a, b] = [run(1, step("x"), step("y"), step("z")), run(1, step("x"), step("y", "failed"), step("z", "pending"))];
    expect(targets(a, b)).toEqual([
      ["x", "x", false],
      ["y", "y", true],
      ["z", "z", true],
    ]);
  });
  it("of different versions, have what is in both beside each other", () => {
    expect(targets(run(1, step("x"), step("y"), step("z")), run(2, step("x"), step("new"), step("z")))).toEqual([
      ["x", "x", false],
      ["y", null, true],
      [null, "new", true],
      ["z", "z", false],
    ]);
  });
});

it("two runs of a workflow that runs another are read in order, with the other's steps where they were done", () => {
  const steps = [step("x"), step("calls"), step("z"), { ...step("inside"), caller: 1 }];
  expect(targets(run(1, ...steps), run(1, ...steps)).map(([target]) => target)).toEqual(["x", "calls", "inside", "z"]);
  expect(targets(run(1, ...steps), run(2, ...steps)).map(([, target]) => target)).toEqual(["x", "calls", "inside", "z"]);
});

describe("two results", () => {
  it("differ at paths, also where something is missing", () => {
    const a = { rows: [{ price: 1 }, { price: 2 }], name: "x" };
    const b = { rows: [{ price: 1 }, { price: 3 }, { price: 4 }], extra: null };
    expect(diffValues(a, b, 10)).toEqual([
      { path: "rows[1].price", a: 2, b: 3 },
      { path: "rows[2]", a: undefined, b: { price: 4 } },
      { path: "name", a: "x", b: undefined },
      { path: "extra", a: undefined, b: null },
    ]);
    expect(diffValues(a, a, 10)).toEqual([]);
    expect(diffValues(a, b, 1)).toHaveLength(1);
    expect(diffValues(1, [1], 10)).toEqual([{ path: "all of it", a: 1, b: [1] }]);
  });
});

it("a change of a duration is told with its sign, when a person would see it", () => {
  expect([changeWords(1000, 2240), changeWords(2000, 1000), changeWords(1000, 1020), changeWords(null, 5)]).toEqual([
    "+1.2 s",
    "−1.0 s",
    null,
    null,
  ]);
});
