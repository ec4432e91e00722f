import { parseRecording, type Recording } from "@deskhand/shared/schemas/recording";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import { describeStep } from "@deskhand/shared/schemas/step-label";
import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import type { StepView } from "@deskhand/shared/schemas/workflow";
import { AppError } from "@/server/errors";

/** @throws AppError RECORDING_TOO_LARGE over 2 MB, RECORDING_INVALID with `details.issues` that say which step and field is wrong */
export function readRecording(text: string): Recording {
  const parsed = parseRecording(text);
  if (parsed.ok) return parsed.recording;
  const details = { reason: parsed.code, issues: parsed.issues };
  if (parsed.code === "RECORDING_TOO_LARGE") throw new AppError("RECORDING_TOO_LARGE", { details });
  throw new AppError("RECORDING_INVALID", { userMessage: parsed.issues[0]?.message, details });
}

/** What a workflow that a step runs is called, and the number of the version, by the hash of that. */
export type CalledNames = ReadonlyMap<string, { name: string; number: number }>;

/** A recording's steps as people read them, with those inside of blocks. */
export function viewSteps(recording: Recording, called: CalledNames = new Map()): StepView[] {
  return walkSteps(recording.steps).map(({ index, step, depth }) => {
    const view = viewStep(step, index, depth);
    const known = step.type === "customStep" && step.name === "deskhand.workflow" ? called.get(step.parameters.version) : undefined;
    return known ? { ...view, target: `“${known.name}”`, detail: `version ${known.number}` } : view;
  });
}

/** A step as people read it. */
export function viewStep(step: Step, index: number, depth: number): StepView {
  const { verb, target, detail } = describeStep(step);
  return { index, type: step.type, verb, target, detail: detail || null, depth };
}

/** What to fill in before a run, as JSON Schema; null when there is nothing. */
export function inputSchemaOf(recording: Recording): Record<string, unknown> | null {
  if (!recording.inputs || Object.keys(recording.inputs.properties).length === 0) return null;
  return { type: "object", additionalProperties: false, ...recording.inputs };
}

/** A workflow's name from its recording's title: one line of at most 80 characters. */
export function nameFrom(title: string): string {
  const line = title
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 80)
    .trim();
  return line || "Untitled workflow";
}
