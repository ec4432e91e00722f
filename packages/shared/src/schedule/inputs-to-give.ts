import { type InputValues, sealedInput } from "../schemas/deployment.ts";
import type { RecordingInputs } from "../schemas/recording-inputs.ts";

/** The sealed values that stay when these inputs are given: nobody but the runner can read them, and nobody has to. */
export function sealedToKeep(before: InputValues, given: Readonly<Record<string, unknown>>): InputValues {
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => sealedInput.safeParse(value).success && !Object.hasOwn(given, name)),
  );
}

/** What is declared but for those that are kept as they are. */
export function inputsToGive(declared: RecordingInputs | undefined, kept: InputValues): RecordingInputs | undefined {
  if (!declared) return undefined;
  return {
    ...declared,
    properties: Object.fromEntries(Object.entries(declared.properties).filter(([name]) => !Object.hasOwn(kept, name))),
    ...(declared.required && { required: declared.required.filter((name) => !Object.hasOwn(kept, name)) }),
  };
}
