import { describe, expect, it } from "vitest";
import { readEditedStep } from "./read-edited-step.ts";

const document = { title: "Shop", inputs: { properties: { shop: { type: "string" as const } } }, steps: [] };
const read = (data: unknown) => readEditedStep(document, typeof data === "string" ? data : JSON.stringify(data));

describe("a step that was changed by hand", () => {
  it("is taken where it is a step of the document", () => {
    expect(read({ type: "change", selectors: ["#a"], value: "{{shop}}" })).toMatchObject({ ok: true, step: { value: "{{shop}}" } });
    expect(read({ type: "change", selectors: ["#a"], value: "{{inputs.password}}" })).toMatchObject({ ok: true });
  });

  it("is refused with what is wrong with it", () => {
    expect(read("{")).toEqual({ ok: false, issues: ["This is not JSON."] });
    expect(read("null")).toEqual({ ok: false, issues: ["Must be an object."] });
    expect(read([])).toEqual({ ok: false, issues: ['Has no "type".'] });
    expect(read({ type: "teleport" })).toMatchObject({ ok: false, issues: [expect.stringMatching(/^"teleport" is not a step type/)] });
    expect(read({ type: "click", selectors: [], offsetX: 1, offsetY: "1" })).toMatchObject({
      ok: false,
      issues: ['"selectors" must not be empty.', '"offsetY" must be a number (it is missing or of another type).'],
    });
    expect(read({ type: "change", selectors: ["#a"], value: "{{nobody}}" })).toMatchObject({
      ok: false,
      issues: [expect.stringContaining('uses "nobody"')],
    });
  });
});
