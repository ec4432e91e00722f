import { quoteShort } from "./recording-issues.ts";
import type { Step } from "./recording-steps.ts";
import { mapStepTexts } from "./step-texts.ts";
import { isTextSelector, templateNames } from "./template.ts";

/** The names that a step may use. */
export type Scope = {
  /** values that can be read: inputs, variables, items of the loops around it */
  readable: ReadonlySet<string>;
  /** those of them that have nothing inside: texts, numbers, true or false */
  plain: ReadonlySet<string>;
  /** variables, which steps may set */
  variables: ReadonlySet<string>;
  /** those of them that are lists */
  lists: ReadonlySet<string>;
  /** loops around it that go through elements */
  elements: ReadonlySet<string>;
};

/** The profile's one-time code of the moment, unless a value of the document's own is called so. */
const profileCode = "profile.code";

type Report = (field: string, words: string) => void;

/** Checks what a step reads and sets; answers with what the steps inside of it may use. */
export function checkReferences(step: Step, scope: Scope, report: Report): Scope {
  const read = (field: string, name: string) => {
    if (name === profileCode) return;
    const [root = "", ...inside] = name.split(".");
    if (!scope.readable.has(root)) report(field, `"${field}" ${undeclared(name)}`);
    else if (inside.length > 0 && scope.plain.has(root)) report(field, `"${field}" looks into ${quoteShort(root)}, which has no parts.`);
  };
  const fillable = (field: string, text: string) => {
    for (const name of templateNames(text)) read(field, name);
    return text;
  };
  mapStepTexts(step, {
    plain: fillable,
    value: fillable,
    reference: read,
    part: (field, part, position) => {
      if (isTextSelector(part)) return fillable(field, part);
      const loop = part.startsWith("loop/") ? part.slice("loop/".length) : undefined;
      if (loop !== undefined && (position > 0 || !scope.elements.has(loop))) {
        report(field, `"${field}" may use ${quoteShort(part)} only first, and inside of a loop over elements of that name.`);
      }
      for (const name of templateNames(part)) {
        report(field, `"${field}" may not use ${quoteShort(name)}: only aria/ and text/ selectors may use values.`);
      }
      return part;
    },
    // double braces are JavaScript too: only what is written as an input is sure to be meant as one
    expression: (field, code) => {
      for (const [, name = ""] of code.matchAll(/\{\{\s*inputs\.([^{}]*?)\s*\}\}/g)) read(field, name);
      return code;
    },
  });
  if (step.type !== "customStep") return scope;
  const target = "into" in step.parameters ? step.parameters.into : undefined;
  const written = step.name === "deskhand.set" ? step.parameters.variable : (target as string | undefined);
  const field = step.name === "deskhand.set" ? "parameters.variable" : "parameters.into";
  if (written !== undefined && !scope.variables.has(written)) {
    report(field, `"${field}" names ${quoteShort(written)}, which "variables" does not declare.`);
  } else if (step.name === "deskhand.set" && step.parameters.append && !scope.lists.has(step.parameters.variable)) {
    report("parameters.append", `"parameters.append" adds to ${quoteShort(step.parameters.variable)}, which is not declared as a list.`);
  }
  return step.name === "deskhand.loop" ? insideLoop(step.parameters, scope, report) : scope;
}

type Loop = Extract<Step, { name: "deskhand.loop" }>["parameters"];

function insideLoop({ as = "item", over }: Loop, scope: Scope, report: Report): Scope {
  if (scope.readable.has(as) || as === "inputs") {
    report("parameters.as", `"parameters.as" names ${quoteShort(as)}, which is an input, a variable or another loop's item already.`);
  }
  if (over.kind === "data" && [over.from, over.rows, over.csv].filter((given) => given !== undefined).length !== 1) {
    report("parameters.over", '"parameters.over" must have one of "from", "rows" and "csv".');
  }
  return {
    ...scope,
    readable: new Set([...scope.readable, as]),
    plain: over.kind === "times" || over.kind === "while" ? new Set([...scope.plain, as]) : scope.plain,
    elements: over.kind === "elements" ? new Set([...scope.elements, as]) : scope.elements,
  };
}

function undeclared(name: string): string {
  return `uses ${quoteShort(name)}, which neither "inputs" nor "variables" nor a loop around it declares.`;
}
