import type { InputValues } from "@deskhand/shared/schemas/deployment";
import { type RecordingInputs, resolveInputs } from "@deskhand/shared/schemas/recording-inputs";
import { inputsToSend } from "@deskhand/shared/signing/make-manifest";
import { sealTo } from "../identity/identity.ts";
import { usageError } from "./failure.ts";

/** Checks what was typed against what the workflow declares, and seals the secret ones so that only the runner can read them. */
export async function sealInputs(
  declared: RecordingInputs | undefined,
  given: Readonly<Record<string, unknown>>,
  recipient: string,
): Promise<InputValues> {
  const resolved = resolveInputs(declared, given);
  if (!resolved.ok) {
    const [first] = resolved.issues;
    throw usageError(first?.message ?? "An input is not valid.", "Give inputs as --input name=value.", { issues: resolved.issues });
  }
  const { plain, secret } = inputsToSend(declared, given) ?? { plain: {}, secret: {} };
  const inputs: InputValues = { ...plain };
  for (const [name, value] of Object.entries(secret)) inputs[name] = { sealed: await sealTo(recipient, value) };
  return inputs;
}
