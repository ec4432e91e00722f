import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveInputs } from "./recording-inputs.ts";
import { fillExpression, fillStep, fillTemplate, templateNames } from "./template.ts";

describe("templates", () => {
  it("puts values in once, so that a value which looks like a placeholder stays as it is", () => {
    expect(fillTemplate("Hi {{inputs.a}} and {{ inputs.b }}", { a: "{{inputs.b}}", b: "$&" })).toBe("Hi {{inputs.b}} and $&");
    expect(fillTemplate("{{inputs.missing}}|{{ 1 + 1 }}", {})).toBe("|{{ 1 + 1 }}");
  });

  it("never reaches the prototype", () => {
    for (const name of ["constructor", "__proto__", "toString", "a.b"]) expect(fillTemplate(`<{{inputs.${name}}}>`, { a: 1 })).toBe("<>");
    expect(templateNames("{{inputs.__proto__}}")).toEqual(["__proto__"]);
  });

  it("makes no value into code, wherever the placeholder stands in an expression", () => {
    const places = [
      "{{inputs.v}}",
      '"{{inputs.v}}"',
      "'{{inputs.v}}'",
      "`{{inputs.v}}`",
      "/{{inputs.v}}/.source",
      "1 // {{inputs.v}}",
      "/* {{inputs.v}} */ 1",
    ];
    const hostile = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        '"; touch(); "',
        "'+touch()+'",
        `\`\${touch()}\``,
        "*/touch()/*",
        "\n touch()",
        "\u2028touch()",
        "</script>",
        `\${touch()}`,
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), hostile, (place, v) => {
        let touched = false;
        const result = runInNewContext(fillExpression(place, { v }), { touch: () => (touched = true) });
        expect(touched).toBe(false);
        if (place === "{{inputs.v}}") expect(result).toBe(v);
      }),
    );
  });

  it("leaves an expression without placeholders as it was", () => {
    expect(fillExpression("document.title", { a: 1 })).toBe("document.title");
  });

  it("fills the texts of a step and leaves the recording untouched", () => {
    const step = { type: "change", selectors: ["aria/{{inputs.label}}", "#x"], value: "{{inputs.v}}" } as const;
    const original = structuredClone(step) as never;
    expect(fillStep(original, { label: "Name", v: "me" })).toEqual({ type: "change", selectors: ["aria/Name", "#x"], value: "me" });
    expect(original).toEqual(step);
  });
});

describe("resolveInputs", () => {
  const inputs = {
    properties: {
      user: { type: "string", title: "User", minLength: 2 },
      pages: { type: "integer", default: 3, maximum: 5 },
      fast: { type: "boolean" },
      plan: { type: "string", enum: ["free", "pro"] },
    },
    required: ["user"],
  } as const;
  const declared = structuredClone(inputs) as never;

  it("fills in defaults and reads the text of forms and command lines", () => {
    expect(resolveInputs(declared, { user: "ann", fast: "true", pages: "4" })).toEqual({
      ok: true,
      values: { user: "ann", pages: 4, fast: true },
    });
  });

  it("names the input that is wrong and never repeats its value", () => {
    const result = resolveInputs(declared, { user: "s", pages: 9, plan: "s3cret", nope: "s3cret", fast: "s3cret" });
    expect(result.ok ? [] : result.issues.map((issue) => issue.field)).toEqual(["nope", "user", "pages", "fast", "plan"]);
    expect(JSON.stringify(result)).not.toContain("s3cret");
    expect(resolveInputs(declared, {})).toEqual({ ok: false, issues: [{ field: "user", message: '"User" is required.' }] });
    expect(resolveInputs(undefined, { toString: 1 })).toMatchObject({ ok: false });
  });
});
