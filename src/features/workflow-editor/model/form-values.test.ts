import { conditionSchema } from "@deskhand/shared/schemas/step-parts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeCondition, conditionKinds, typedValue } from "./conditions.ts";
import { readDeclarations, readDefault, showDefault, writeInputs, writeVariables } from "./declarations.ts";
import { joinSelector, selectorKinds, splitSelector } from "./selector-kinds.ts";

describe("a selector in the form", () => {
  it("is written as it was read, alone or in a list as the Recorder does it", () => {
    for (const selector of [
      "aria/Sign in",
      ["aria/Sign in"],
      "#go",
      ["text/Welcome"],
      ["my-card", "button"],
      "xpath///main",
      "pierce/#a",
      ["loop/item", "a"],
    ]) {
      const { kind, text } = splitSelector(selector);
      expect(joinSelector(selector, kind, text)).toEqual(selector);
    }
  });

  it("keeps its text when it is found in another way", () => {
    expect(joinSelector("aria/Sign in", "text", "Sign in")).toBe("text/Sign in");
    expect(joinSelector(["#go"], "path", "#go")).toEqual(["#go"]);
    expect(joinSelector("text/Sign in", "css", "Sign in")).toBe("Sign in");
    expect(selectorKinds.map(({ kind }) => kind)).toContain(splitSelector("a.more").kind);
  });
});

describe("a condition in the form", () => {
  it("has the right shape after any changes of its kind, but for a name that only a person knows", () => {
    const kinds = conditionKinds.map(({ kind }) => kind);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 8 }), (changes) => {
        const condition = changes.reduce<Record<string, unknown>>((before, kind) => changeCondition(before, kind), {});
        const issues = conditionSchema.safeParse(condition).error?.issues ?? [];
        expect(issues.filter(({ path }) => path.at(-1) !== "name")).toEqual([]);
        expect(condition.kind).toBe(changes.at(-1));
      }),
    );
  });

  it("becomes a part of what it is put into", () => {
    const visible = { kind: "element", selectors: ["#a"], state: "hidden" };
    expect(changeCondition(visible, "not")).toEqual({ kind: "not", condition: visible });
    expect(changeCondition(changeCondition(visible, "not"), "any")).toEqual({ kind: "any", conditions: [visible] });
  });

  it("compares with numbers and truths where they are typed as such", () => {
    expect(["3", "1.5", "true", "007", "1.", "", "red"].map(typedValue)).toEqual([3, 1.5, true, "007", "1.", "", "red"]);
  });
});

describe("inputs and variables", () => {
  const header = {
    title: "x",
    inputs: { type: "object", properties: { a: { type: "string" }, b: { type: "number", minimum: 1 } }, required: ["b"] },
    variables: { rows: { type: "list", default: [1] } },
  };

  it("are written as they were read", () => {
    const { inputs, variables } = readDeclarations(header);
    expect(writeInputs(header, inputs)).toEqual(header);
    expect(writeVariables(header, variables)).toEqual(header);
    expect(writeVariables(writeInputs(header, []), [])).toEqual({ title: "x" });
  });

  it("take a default of their type, and keep what is not one so that it can be marked", () => {
    expect([readDefault("3", "number"), readDefault("3", "string"), readDefault("[1]", "list"), readDefault("x", "number")]).toEqual([
      3,
      "3",
      [1],
      "x",
    ]);
    expect(readDefault("", "number")).toBeUndefined();
    expect([showDefault([1]), showDefault("a"), showDefault(false), showDefault(undefined)]).toEqual(["[1]", "a", "false", ""]);
  });
});
