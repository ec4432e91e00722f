import { runStartPayload } from "@deskhand/shared/protocol/commands";
import { parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import { type InputValues, resolveInputs, secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";

export type PreparedRun = {
  runId: string;
  profileId: string;
  recording: Recording;
  inputs: InputValues;
};

export type Preparation = { ok: true; run: PreparedRun } | { ok: false; code: RunFailureCode; reason: string };

/** Reads what the server sent once more on this side: the recording, and the inputs with their seals opened. No reason holds a value. */
export async function prepareRun(payload: unknown, unseal: (armored: string) => Promise<string>): Promise<Preparation> {
  const parsed = runStartPayload.safeParse(payload);
  if (!parsed.success) return { ok: false, code: "STEP_INVALID", reason: "The run cannot be read." };
  const { runId, profileId, recording, inputs } = parsed.data;
  const read = parseRecordingData(recording);
  if (!read.ok) return { ok: false, code: "STEP_INVALID", reason: read.issues[0]?.message ?? "The recording cannot be read." };

  const secretInputs = secretInputNames(read.recording.inputs);
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(inputs)) {
    if (typeof value !== "object") {
      // a secret in clear has been seen by the server: it is refused rather than used
      if (secretInputs.includes(name)) return { ok: false, code: "INPUT_INVALID", reason: `The secret input "${name}" is not sealed.` };
      given[name] = value;
      continue;
    }
    try {
      given[name] = await unseal(value.sealed);
    } catch {
      return { ok: false, code: "INPUT_INVALID", reason: `The input "${name}" is not sealed to this runner.` };
    }
  }
  const resolved = resolveInputs(read.recording.inputs, given);
  if (!resolved.ok) return { ok: false, code: "INPUT_INVALID", reason: resolved.issues[0]?.message ?? "An input is not valid." };
  return { ok: true, run: { runId, profileId, recording: read.recording, inputs: resolved.values } };
}
