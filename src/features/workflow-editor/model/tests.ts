import { type EditorDocument, isRecord } from "./document.ts";

/** A test of the workflow: what it is given, and what has to come of it. */
export type TestDraft = { name: string; inputs: Record<string, unknown>; expect: Record<string, unknown> };
type Header = Readonly<Record<string, unknown>>;

/** What is no test at all is left out here, and marked by the check of the document. */
export function readTests(header: Header): TestDraft[] {
  return (Array.isArray(header.tests) ? header.tests : []).filter(isRecord).map(({ name, inputs, expect }) => ({
    name: typeof name === "string" ? name : "",
    inputs: isRecord(inputs) ? inputs : {},
    expect: isRecord(expect) ? expect : {},
  }));
}

/** The header with these tests; without any, it has none at all. */
export function writeTests(header: Header, list: readonly TestDraft[]): Record<string, unknown> {
  const { tests: _before, ...rest } = header;
  if (list.length === 0) return rest;
  const tests = list.map(({ name, inputs, expect }) => ({ name, ...(Object.keys(inputs).length > 0 && { inputs }), expect }));
  return { ...rest, tests };
}

export function freeTestName(list: readonly TestDraft[]): string {
  for (let number = list.length + 1; ; number++) {
    const name = `Test ${number}`;
    if (!list.some((one) => one.name === name)) return name;
  }
}

/** What the result data may hold, as far as the steps and variables say: what is read from pages, and variables that are part of it. */
export function resultNames({ header, nodes }: Pick<EditorDocument, "header" | "nodes">): string[] {
  const read = [...Object.values(nodes)].flatMap(({ step }) => {
    const parameters = step.name === "deskhand.extract" && isRecord(step.parameters) ? step.parameters : {};
    return typeof parameters.key === "string" ? [parameters.key] : [];
  });
  const kept = Object.entries(isRecord(header.variables) ? header.variables : {}).flatMap(([name, of]) =>
    isRecord(of) && of.output === true ? [name] : [],
  );
  return [...new Set([...read, ...kept])];
}
