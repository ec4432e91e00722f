import { describe, expect, it } from "vitest";
import { describeRunFailure, runFailureCodes } from "./run-failure.ts";
import { describeStep, stepTitle } from "./step-label.ts";

describe("describeStep", () => {
  it("prefers the accessible name, then the text, then the first selector", () => {
    const click = { type: "click", offsetX: 1, offsetY: 1 } as const;
    expect(stepTitle({ ...click, selectors: [["#x"], ['aria/Sign in[role="button"]']] })).toBe('Click · button "Sign in"');
    expect(stepTitle({ ...click, selectors: [["#x"], ["aria/Sign in", 'aria/[role="generic"]']] })).toBe('Click · "Sign in"');
    expect(stepTitle({ ...click, selectors: [["#x"], ["text/Go on"]] })).toBe('Click · "Go on"');
    expect(stepTitle({ ...click, selectors: [["my-app", "pierce/#x"]] })).toBe("Click · my-app › #x");
  });

  it("shows the placeholder of an input and hides what is typed into a password field", () => {
    expect(describeStep({ type: "change", selectors: ["aria/Password"], value: "{{inputs.password}}" }).detail).toBe(
      'with "{{inputs.password}}"',
    );
    expect(describeStep({ type: "change", selectors: ["aria/Password"], value: "hunter2" }).detail).toBe("with a hidden value");
    expect(stepTitle({ type: "navigate", url: "http://user:hunter2@localhost/x" })).toBe("Open · http://localhost/x");
    expect(stepTitle({ type: "keyDown", key: "h" })).toBe("Press key · a character");
  });

  it("says where a value is added to what is there", () => {
    const parameters = { kind: "text" as const, key: "names", selectors: ["h1"] };
    const read = (more: object) => describeStep({ type: "customStep", name: "deskhand.extract", parameters: { ...parameters, ...more } });
    expect(read({ append: true }).detail).toBe("text added to names");
    expect(read({}).detail).toBe("text into names");
    const set = { type: "customStep", name: "deskhand.set", parameters: { variable: "rows", value: 1, append: true } } as const;
    expect(describeStep(set)).toMatchObject({ target: "rows", detail: "with one more item" });
  });

  it("has words for every way a run can fail, with something to do", () => {
    for (const code of runFailureCodes) {
      const words = describeRunFailure(code);
      expect(words.title).toMatch(/^[A-Z].*\.$/);
      expect(words.whatToDo).toMatch(/\.$/);
    }
    expect(describeRunFailure("SELECTOR_NOT_FOUND", { selector: 'button "Go"', seconds: 5 }).title).toBe(
      'button "Go" was not found on the page within 5 s.',
    );
  });
});
