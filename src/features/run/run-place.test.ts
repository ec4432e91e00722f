import type { RunStepView } from "@deskhand/shared/schemas/run";
import { describe, expect, it } from "vitest";
import { readRunPlace, writeRunPlace } from "./run-place.ts";

const steps = [
  { index: 0, number: "1" },
  { index: 1, number: "2" },
  { index: 2, number: "2.1" },
] as RunStepView[];
const read = (search: string) => readRunPlace(new URLSearchParams(search), steps);

describe("the place in a run that its address names", () => {
  it("is found again, also inside of a called workflow", () => {
    const written = writeRunPlace("", { step: 2, tab: "console" }, steps);
    expect(written).toBe("?step=2.1&tab=console");
    expect(read(written)).toEqual({ step: 2, tab: "console" });
  });

  it("needs no words where nothing was chosen, and keeps what else the address says", () => {
    expect(writeRunPlace("?step=2&tab=files", { step: null, tab: "log" }, steps)).toBe("");
    expect(writeRunPlace("?record=1", { step: null, tab: "files" }, steps)).toBe("?record=1&tab=files");
  });

  it("is left out when the run has no such thing", () => {
    expect(read("?step=9&tab=secrets")).toEqual({ step: null, tab: "log" });
    expect(read("?step=-1")).toEqual({ step: null, tab: "log" });
  });
});
