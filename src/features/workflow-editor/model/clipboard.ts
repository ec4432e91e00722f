import { type EditorDocument, isRecord, type StepJson, writeStep } from "./document.ts";

/** Steps as text: a recording, so that they can also be pasted into a file or into another workflow. */
export function copySteps(document: EditorDocument, ids: readonly string[]): string {
  return `${JSON.stringify({ title: "Steps", steps: ids.map((id) => writeStep(document, id)) }, null, 2)}\n`;
}

/** The steps of a text: a recording, a list of steps or one step. Null for anything else. */
export function readSteps(text: string): StepJson[] | null {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return null;
  }
  const list = Array.isArray(data) ? data : isRecord(data) && Array.isArray(data.steps) ? data.steps : [data];
  const steps = list.filter((step): step is StepJson => isRecord(step) && typeof step.type === "string");
  return steps.length > 0 && steps.length === list.length ? steps : null;
}
