import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { type EditorDocument, listNames, nodeOf, rootList, visitSteps, writeDocument } from "./document.ts";
import { emptyPlaces } from "./empty-places.ts";

export type StepIssue = { field: string; message: string };
export type DocumentIssues = {
  count: number;
  /** what is wrong with the document itself: its title, inputs, variables, tests */
  document: readonly StepIssue[];
  steps: ReadonlyMap<string, readonly StepIssue[]>;
};

export const noIssues: DocumentIssues = { count: 0, document: [], steps: new Map() };

/** Checks a document as the server will when it is saved, and for what was left empty, and says which step each issue is about. */
export function checkDocument(document: EditorDocument): DocumentIssues {
  const issues = checkFormat(document);
  const empty = emptyPlaces(document);
  if (empty.size === 0) return issues;
  const steps = new Map(issues.steps);
  let count = issues.count;
  for (const [id, places] of empty) {
    const before = steps.get(id) ?? [];
    const more = places.filter(({ field }) => before.every((issue) => issue.field !== field));
    steps.set(id, [...before, ...more]);
    count += more.length;
  }
  return { ...issues, count, steps: inOrder(document, steps) };
}

/** The first mistake is where the button that counts them leads. */
function inOrder(document: EditorDocument, steps: ReadonlyMap<string, readonly StepIssue[]>): DocumentIssues["steps"] {
  return new Map(visitSteps(document).flatMap(({ id }) => (steps.has(id) ? [[id, steps.get(id) ?? []] as const] : [])));
}

function checkFormat(document: EditorDocument): DocumentIssues {
  const parsed = parseRecordingData(writeDocument(document));
  if (parsed.ok) return noIssues;
  const ids = idsByPath(document);
  const whole: StepIssue[] = [];
  const steps = new Map<string, StepIssue[]>();
  for (const { path, field, message } of parsed.issues) {
    const issue = { field, message: readable(message, field) };
    const id = ids.get(path);
    if (id === undefined) whole.push(issue);
    else steps.set(id, [...(steps.get(id) ?? []), issue]);
  }
  return { count: parsed.issues.length, document: whole, steps };
}

/** The same with what is missing for the workflows that steps run. */
export function withMissingInputs(issues: DocumentIssues, missing: readonly { id: string; name: string; label: string }[]): DocumentIssues {
  if (missing.length === 0) return issues;
  const steps = new Map(issues.steps);
  for (const { id, name, label } of missing) {
    const issue = { field: `parameters.inputs.${name}`, message: `The workflow needs a value for “${label}”.` };
    steps.set(id, [...(steps.get(id) ?? []), issue]);
  }
  return { ...issues, count: issues.count + missing.length, steps };
}

/** Where each step stands in the JSON, as issues name it: `steps[2].parameters.else[0]`. */
function idsByPath(document: EditorDocument): Map<string, string> {
  const paths = new Map<string, string>();
  const walk = (ids: readonly string[], prefix: string) => {
    for (const [index, id] of ids.entries()) {
      const path = `${prefix}[${index}]`;
      paths.set(path, id);
      const { step, lists } = nodeOf(document, id);
      for (const field of listNames(step)) walk(lists[field] ?? [], `${path}.parameters.${field}`);
    }
  };
  walk(document.steps, rootList);
  return paths;
}

/** The step and the field are shown beside the words already. */
function readable(message: string, field: string): string {
  const words = message.replace(/^Step \d+( \([^)]*\))?: /, "");
  const rest = field && words.startsWith(`"${field}" `) ? words.slice(field.length + 3) : words;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}
