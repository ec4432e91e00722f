import { appendRecorded } from "./append-recorded.ts";
import { parseRecordingData, type Recording } from "./recording.ts";
import type { Step } from "./recording-steps.ts";

export type EditedStep = { ok: true; step: Step } | { ok: false /** a sentence for each thing that is wrong */; issues: string[] };

/** Reads the JSON of a step that somebody changed by hand, as a step of that document. At most 20 issues are told. */
export function readEditedStep(document: Recording, text: string): EditedStep {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return { ok: false, issues: ["This is not JSON."] };
  }
  // what a secret of the recorder's own stands for is declared with it
  const parsed = parseRecordingData(appendRecorded({ ...document, steps: [] }, [data as Step]));
  const [step] = parsed.ok ? parsed.recording.steps : [];
  if (step) return { ok: true, step };
  return { ok: false, issues: parsed.ok ? [] : parsed.issues.map(({ message }) => withoutNumber(message)) };
}

/** It is the only step here, so its number says nothing. */
function withoutNumber(message: string): string {
  const words = message.replace(/^Step (\d+)( \([^)]*\))?: /, (whole, number: string) => (number === "1" ? "" : whole));
  return words.charAt(0).toUpperCase() + words.slice(1);
}
