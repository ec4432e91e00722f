import type { Recording } from "./recording.ts";
import type { Step } from "./recording-steps.ts";

/** The note of an upload whose file was given while recording; it holds until one is chosen. */
export const fileNotKept = "Choose the file: what was given while recording was not kept.";

/** Inputs that the recorder makes of what must not be written down, and what people read beside them. */
export const recordedSecrets = {
  password: "Password",
  newPassword: "New password",
  oneTimeCode: "One-time code",
  cardNumber: "Card number",
  cardCode: "Card code",
} as const;
export type RecordedSecret = keyof typeof recordedSecrets;

/** The text of a step's value that stands for a secret. */
export const secretReference = (name: RecordedSecret) => `{{inputs.${name}}}`;

/** The document with what was recorded after its own steps, and the secret inputs that those need. */
export function appendRecorded(base: Recording, steps: readonly Step[]): Recording {
  const text = JSON.stringify(steps);
  const missing = (Object.keys(recordedSecrets) as RecordedSecret[]).filter(
    (name) => text.includes(secretReference(name)) && !base.inputs?.properties[name] && !base.variables?.[name],
  );
  const all = [...base.steps, ...steps];
  if (missing.length === 0) return { ...base, steps: all };
  const added = missing.map((name) => [name, { type: "string" as const, title: recordedSecrets[name], writeOnly: true }] as const);
  const inputs = {
    ...base.inputs,
    properties: { ...base.inputs?.properties, ...Object.fromEntries(added) },
    required: [...(base.inputs?.required ?? []), ...missing],
  };
  return { ...base, inputs, steps: all };
}
