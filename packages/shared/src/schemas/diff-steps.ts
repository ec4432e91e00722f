import { canonicalJson } from "./canonical-json.ts";
import type { StepLabel } from "./label-words.ts";
import type { Recording } from "./recording.ts";
import type { Step } from "./recording-steps.ts";
import { describeStep } from "./step-label.ts";
import { childLists, walkSteps } from "./walk-steps.ts";

export type ComparedStep = { number: number; depth: number; type: string; label: StepLabel; json: string };
/** Two sides of a line; a step that was added has none before, one that was removed none after. */
export type DiffLine = { kind: "same" | "added" | "removed" | "changed"; before: ComparedStep | null; after: ComparedStep | null };

/** What differs between the steps of two versions, in the order in which they are read. */
export function diffSteps(before: Pick<Recording, "steps">, after: Pick<Recording, "steps">): DiffLine[] {
  return joinChanges(align(read(before), read(after)));
}

/** Names of the other parts of the document that differ: inputs, variables, tests, the rule for waiting, whether there is a video. */
export function changedParts(before: Recording, after: Recording): string[] {
  const parts = ["title", "inputs", "variables", "tests", "person", "video", "timeout", "selectorAttribute"] as const;
  return parts.filter((part) => canonicalJson(before[part] ?? null) !== canonicalJson(after[part] ?? null));
}

function read({ steps }: Pick<Recording, "steps">): ComparedStep[] {
  return walkSteps(steps).map(({ step, index, depth }) => ({
    number: index + 1,
    depth,
    type: step.type,
    label: describeStep(step),
    json: JSON.stringify(withoutInside(step), null, 2),
  }));
}

/** A block by itself: what is inside of it is compared step by step. */
function withoutInside(step: Step): unknown {
  const inside = new Set(childLists(step).map(({ field }) => field));
  if (inside.size === 0 || step.type !== "customStep") return step;
  const own = Object.entries(step.parameters).filter(([field]) => !inside.has(field));
  return { ...step, parameters: Object.fromEntries(own) };
}

/** The longest common subsequence of both sides, with what is only on one side before it. */
function align(before: readonly ComparedStep[], after: readonly ComparedStep[]): DiffLine[] {
  const key = (step: ComparedStep) => `${step.depth} ${canonicalJson(JSON.parse(step.json))}`;
  const [old, now] = [before.map(key), after.map(key)];
  // what both ends share needs no table
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  const [rows, columns] = [old.length - start - end, now.length - start - end];
  const lengths = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  const at = (row: number, column: number) => lengths[row]?.[column] ?? 0;
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      const same = old[start + row] === now[start + column];
      (lengths[row] as Uint16Array)[column] = same ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DiffLine[] = [];
  const both = (row: number, column: number) => lines.push({ kind: "same", before: before[row] ?? null, after: after[column] ?? null });
  for (let index = 0; index < start; index++) both(index, index);
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && old[start + row] === now[start + column]) both(start + row++, start + column++);
    else if (row < rows && (column >= columns || at(row + 1, column) >= at(row, column + 1))) {
      lines.push({ kind: "removed", before: before[start + row++] ?? null, after: null });
    } else lines.push({ kind: "added", before: null, after: after[start + column++] ?? null });
  }
  for (let index = 0; index < end; index++) both(old.length - end + index, now.length - end + index);
  return lines;
}

/** Steps of one kind that went and came at the same place are one that was changed. */
function joinChanges(lines: readonly DiffLine[]): DiffLine[] {
  const joined: DiffLine[] = [];
  for (let index = 0; index < lines.length; ) {
    const run: DiffLine[] = [];
    while (index < lines.length && lines[index]?.kind !== "same") run.push(lines[index++] as DiffLine);
    const added = run.filter(({ kind }) => kind === "added");
    for (const line of run.filter(({ kind }) => kind === "removed")) {
      const match = added.findIndex(({ after }) => after?.type === line.before?.type && after?.label.verb === line.before?.label.verb);
      if (match < 0) joined.push(line);
      // those that were added before the match stay before it
      else joined.push(...added.splice(0, match), { kind: "changed", before: line.before, after: added.shift()?.after ?? null });
    }
    joined.push(...added);
    if (index < lines.length) joined.push(lines[index++] as DiffLine);
  }
  return joined;
}
