import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { customStepNames, stepTypes } from "@deskhand/shared/schemas/recording-steps";
import { everyBlock } from "@deskhand/shared/schemas/testing/every-block";
import { describe, expect, it } from "vitest";
import { isRecord, readDocument } from "./document.ts";
import { checkDocument } from "./issues.ts";
import { emptyVariant, type Field, fieldsOfStep } from "./schema-fields.ts";
import { completeTemplate, namesInScope, openTemplate } from "./scope-names.ts";
import { catalogKey, makeStep, stepCatalog } from "./step-catalog.ts";

const custom = (name: string) => ({ type: "customStep", name });
const kinds = (fields: readonly Field[]) => Object.fromEntries(fields.map(({ name, kind }) => [name, kind]));

describe("the form of a step", () => {
  it("has the fields of the step's schema, and none for the steps inside of it", () => {
    expect(kinds(fieldsOfStep({ type: "change" }))).toEqual({ selectors: "selectors", value: "text" });
    expect(kinds(fieldsOfStep(custom("deskhand.if")))).toEqual({ condition: "condition" });
    expect(kinds(fieldsOfStep(custom("deskhand.retry")))).toEqual({ attempts: "number", backoffMs: "number", factor: "number" });
    expect(kinds(fieldsOfStep(custom("deskhand.loop")))).toEqual({ over: "variant", as: "variable", maxIterations: "number" });
    expect(kinds(fieldsOfStep(custom("deskhand.http")))).toMatchObject({ headers: "pairs", body: "json", expect: "numbers" });
  });

  it("is there for every type of step that a document can have, and the palette offers each", () => {
    const offered = stepCatalog.flatMap(({ entries }) => entries.map(({ key }) => key));
    const known = [
      ...stepTypes.filter((type) => type !== "customStep").map((type) => ({ type })),
      ...customStepNames.map((name) => custom(name)),
    ];
    for (const step of known) {
      expect(offered).toContain(catalogKey(step));
      if (step.type !== "close") expect(fieldsOfStep(step), JSON.stringify(step)).not.toEqual([]);
    }
  });

  it("shows every field that a document uses", () => {
    for (const step of everyBlock.steps as { type: string; name: string; parameters: Record<string, unknown> }[]) {
      const names = fieldsOfStep(step).flatMap((field) =>
        field.kind === "variant" && field.name === ""
          ? [field.by, ...field.variants.flatMap(({ fields }) => fields.map(({ name }) => name))]
          : [field.name],
      );
      const used = Object.keys(step.parameters).filter((name) => !["steps", "else", "fallback"].includes(name));
      expect(names, step.name).toEqual(expect.arrayContaining(used));
    }
  });

  it("keeps what two variants share when one is changed for the other", () => {
    const [field] = fieldsOfStep(custom("deskhand.extract"));
    if (field?.kind !== "variant") throw new Error("no variant");
    const table = emptyVariant(field, "table", { kind: "attribute", key: "rows", selectors: ["table"], attribute: "id", all: true });
    expect(table).toEqual({ kind: "table", key: "rows", selectors: ["table"] });
    expect(emptyVariant(field, "attribute", table)).toMatchObject({ kind: "attribute", key: "rows", attribute: "" });
  });

  it("begins with a step whose shape is right, but for what only a person can know", () => {
    const document = readDocument({ title: "New", variables: { count: { type: "number" } }, steps: [] });
    const unfinished = ["workflow", "ai"];
    for (const entry of stepCatalog.flatMap(({ entries }) => entries)) {
      const parsed = parseRecordingData({ ...document.header, steps: [makeStep(document, entry)] });
      expect(parsed.ok, entry.key).toBe(!unfinished.includes(entry.key));
    }
  });
});

describe("issues", () => {
  it("are told with the step that they are about, inside of blocks too", () => {
    const broken = {
      title: "Broken",
      variables: { ok: { type: "number", default: "no" } },
      steps: [{ ...custom("deskhand.retry"), parameters: { attempts: 2, steps: [], fallback: [{ type: "navigate", url: "{{nobody}}" }] } }],
    };
    const issues = checkDocument(readDocument(broken));
    expect(issues.count).toBe(2);
    expect(issues.document).toEqual([{ field: "variables.ok.default", message: 'The default of "ok" is not of its type.' }]);
    expect(issues.steps.get("s2")?.[0]).toMatchObject({ field: "url", message: expect.stringContaining('Uses "nobody"') });
  });
});

describe("values to choose from", () => {
  const document = readDocument(everyBlock);

  it("are the inputs, the variables and the items of the loops around", () => {
    const loop = Object.entries(document.nodes).find(([, { step }]) => step.parameters?.as === "card")?.[0] ?? "";
    const inside = document.nodes[loop]?.lists.steps?.[0] ?? "";
    const names = namesInScope(document, inside).map(({ name }) => name);
    expect(names).toEqual(["card", "card.text", "card.index", "user", "rows", "answer", "count", "text"]);
    expect(namesInScope(document, null).map(({ name }) => name)).not.toContain("card");
  });

  it("know the columns of rows that were put in", () => {
    const steps = [
      {
        ...custom("deskhand.loop"),
        parameters: { over: { kind: "data", csv: 'name,"price",two words\na,1,2' }, steps: [{ type: "close" }] },
      },
    ];
    const names = namesInScope(readDocument({ title: "CSV", steps }), "s2").map(({ name }) => name);
    expect(names).toEqual(["item", "item.name", "item.price"]);
  });

  it("complete what is typed after two braces, and leave alone what is closed or meant as text", () => {
    expect(openTemplate("Hello {{us", 10)).toEqual({ start: 6, typed: "us" });
    expect(openTemplate("Hello {{user}} x", 16)).toBeNull();
    expect(openTemplate("Hello \\{{us", 11)).toBeNull();
    expect(completeTemplate("Hello {{us!", 10, "user")).toEqual({ text: "Hello {{user}}!", caret: 14 });
    expect(completeTemplate("{{us}} x", 4, "user")).toEqual({ text: "{{user}} x", caret: 8 });
    expect(completeTemplate("ab", 1, "user")).toEqual({ text: "a{{user}}b", caret: 9 });
  });

  it("are plain objects even when the document is not", () => {
    expect(isRecord(null)).toBe(false);
    expect(namesInScope(readDocument({ title: "x", inputs: [], variables: "no", steps: {} }), null)).toEqual([]);
  });
});
