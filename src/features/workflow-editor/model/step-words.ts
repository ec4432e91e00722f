import { label, type StepLabel } from "@deskhand/shared/schemas/label-words";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { describeStep } from "@deskhand/shared/schemas/step-label";
import { listNames, type StepJson, type StepNode } from "./document.ts";
import { catalogKey, findEntry } from "./step-catalog.ts";

/** A step as people read it. One that is not finished yet is called what the palette calls it. */
export function describeNode({ step, lists }: StepNode): StepLabel {
  const entry = findEntry(catalogKey(step));
  try {
    const words = describeStep(withLists(step, lists) as Step);
    // a selector that is not filled in yet reads as empty quotes
    return { ...words, target: words.target.trim() === '""' ? "" : words.target };
  } catch {
    // the words rely on the shape that the schema promises; what is being typed may not have it
  }
  return label(entry?.label ?? step.type, "");
}

function withLists(step: StepJson, lists: StepNode["lists"]): unknown {
  const inside = Object.fromEntries(listNames(step).map((field) => [field, lists[field] ?? []]));
  return Object.keys(inside).length > 0 ? { ...step, parameters: { ...step.parameters, ...inside } } : step;
}

export function noteOf(step: StepJson): string {
  const settings = step.deskhand as { note?: unknown } | undefined;
  return typeof settings?.note === "string" ? settings.note : "";
}

export function isDisabled(step: StepJson): boolean {
  return (step.deskhand as { disabled?: unknown } | undefined)?.disabled === true;
}
