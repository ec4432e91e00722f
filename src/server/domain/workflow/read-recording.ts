import { parseRecording, type Recording } from "@deskhand/shared/schemas/recording";
import { describeStep } from "@deskhand/shared/schemas/step-label";
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

/** A recording's steps as people read them. */
export function viewSteps(recording: Recording): StepView[] {
  return recording.steps.map((step, index) => {
    const { verb, target, detail } = describeStep(step);
    return { index, type: step.type, verb, target, detail: detail || null };
  });
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
