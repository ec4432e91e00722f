import { describe, expect, it } from "vitest";
import type { Recording } from "./recording.ts";
import type { Step } from "./recording-steps.ts";
import { INNER_STEPS_AT_MOST, placesOfRun } from "./run-places.ts";

const hash = (letter: string) => letter.repeat(64);
const calls = (letter: string): Step => ({
  type: "customStep",
  name: "deskhand.workflow",
  parameters: { workflowId: "01890000-0000-7000-8000-000000000000", version: hash(letter) },
});
const open: Step = { type: "navigate", url: "https://example.com" };
const again = (...steps: Step[]): Step => ({
  type: "customStep",
  name: "deskhand.loop",
  parameters: { over: { kind: "times", times: 2 }, steps },
});
const doc = (title: string, ...steps: Step[]): Recording => ({ title, steps });

describe("the steps that a run may come to", () => {
  it("are its own first, then those of the workflows that it runs, each called by where it is", () => {
    const workflows = new Map([
      [hash("a"), doc("Outer", open, calls("b"))],
      [hash("b"), doc("Inner", again(open))],
    ]);
    const places = placesOfRun(doc("Run", open, again(calls("a")), open), workflows);
    expect(places.map(({ index, number, caller, depth }) => [index, number, caller, depth])).toEqual([
      [0, "1", null, 0],
      [1, "2", null, 0],
      [2, "3", null, 1],
      [3, "4", null, 0],
      [4, "3.1", 2, 2],
      [5, "3.2", 2, 2],
      [6, "3.2.1", 5, 3],
      [7, "3.2.2", 5, 4],
    ]);
    expect(places[2]?.inside).toEqual({ first: 4, title: "Outer" });
    expect(places[5]?.inside).toEqual({ first: 6, title: "Inner" });
  });

  it("hold the steps of a workflow once for each step that runs it", () => {
    const places = placesOfRun(doc("Run", calls("a"), calls("a")), new Map([[hash("a"), doc("Called", open)]]));
    expect(places.map(({ number }) => number)).toEqual(["1", "2", "1.1", "2.1"]);
  });

  it("do not go round in a circle, nor further than there are numbers", () => {
    const circle = new Map([[hash("a"), doc("Round", calls("a"))]]);
    expect(placesOfRun(doc("Run", calls("a")), circle).map(({ number }) => number)).toEqual(["1", "1.1"]);
    const long = new Map([[hash("a"), doc("Long", ...Array.from({ length: INNER_STEPS_AT_MOST }, () => open))]]);
    const places = placesOfRun(doc("Run", calls("a"), calls("a")), long);
    expect(places).toHaveLength(2 + INNER_STEPS_AT_MOST);
    expect(places.slice(0, 2).map(({ inside }) => inside?.first)).toEqual([2, undefined]);
  });

  it("are its own alone when what it runs is not there", () => {
    expect(placesOfRun(doc("Run", calls("a"))).map(({ inside }) => inside)).toEqual([undefined]);
  });
});
