import { everyBlock } from "@deskhand/shared/schemas/testing/every-block";
import { describe, expect, it } from "vitest";
import { readDocument, visitSteps } from "./document.ts";
import { checkDocument } from "./issues.ts";
import { makeStep, stepCatalog } from "./step-catalog.ts";

const empty = readDocument({ title: "New", steps: [] });
const check = (...steps: unknown[]) => {
  const document = readDocument({ title: "New", steps });
  const { count, steps: found } = checkDocument(document);
  const fields = visitSteps(document).map(({ id }) => (found.get(id) ?? []).map(({ field }) => field));
  return { count, fields };
};
const added = (key: string) => {
  const entry = stepCatalog.flatMap(({ entries }) => entries).find((one) => one.key === key);
  if (!entry) throw new Error(key);
  return makeStep(empty, entry);
};

describe("what a new step leaves empty", () => {
  it("is a mistake until it is filled in", () => {
    expect(check(added("click"), added("navigate"))).toEqual({ count: 2, fields: [["selectors[0]"], ["url"]] });
    expect(check(added("drag")).fields).toEqual([["parameters.selectors[0]", "parameters.to[0]"]]);
    expect(check(added("if")).fields).toEqual([["parameters.condition.selectors[0]"]]);
    expect(check({ ...added("click"), selectors: ["aria/Buy"] }, { type: "navigate", url: "https://example.com" }).count).toBe(0);
  });

  it("is told at the step inside of a block, once", () => {
    const condition = { kind: "url", operator: "contains", value: "/" };
    const block = { type: "customStep", name: "deskhand.if", parameters: { condition, steps: [added("click")] } };
    expect(check(block)).toEqual({ count: 1, fields: [[], ["selectors[0]"]] });
  });

  it("is none in a step that is switched off, nor in a way that begins at the element of a loop", () => {
    expect(check({ ...added("click"), deskhand: { disabled: true } }).count).toBe(0);
    expect(checkDocument(readDocument(everyBlock)).count).toBe(0);
  });
});
