import type { DeploymentInputs, InputValues } from "@deskhand/shared/schemas/deployment";
import { type InputProperty, type RecordingInputs, recordingInputsSchema, resolveInputs } from "@deskhand/shared/schemas/recording-inputs";
import { inputsToSend } from "@deskhand/shared/signing/make-manifest";

type InputKind = "text" | "password" | "number" | "switch" | "select";

export type InputField = {
  name: string;
  label: string;
  description: string | null;
  kind: InputKind;
  /** Of a text: what the browser offers for it, for example a calendar. */
  textType: "text" | "date" | "time" | "email" | "url";
  required: boolean;
  options: string[];
  min: number | undefined;
  max: number | undefined;
  wholeNumber: boolean;
};

export type FormValues = Record<string, string | number | boolean>;
export type FieldErrors = Record<string, string>;

/** The declared inputs of a workflow version; null when it has none (or declares something this form cannot show). */
export function readInputSchema(schema: Record<string, unknown> | null): RecordingInputs | null {
  const parsed = recordingInputsSchema.safeParse(schema);
  return parsed.success && Object.keys(parsed.data.properties).length > 0 ? parsed.data : null;
}

/** One form field for each declared input, in the order of the declaration. */
export function inputFields(inputs: RecordingInputs | null): InputField[] {
  return Object.entries(inputs?.properties ?? {}).map(([name, property]) => ({
    name,
    label: property.title ?? name,
    description: property.description ?? null,
    kind: kindOf(property),
    textType: textTypes[property.format ?? ""] ?? "text",
    required: inputs?.required?.includes(name) ?? false,
    options: property.enum?.map(String) ?? [],
    min: property.minimum,
    max: property.maximum,
    wholeNumber: property.type === "integer",
  }));
}

export function initialValues(inputs: RecordingInputs | null): FormValues {
  return Object.fromEntries(
    Object.entries(inputs?.properties ?? {}).map(([name, property]) => [
      name,
      property.enum && property.default !== undefined
        ? String(property.default)
        : (property.default ?? (property.type === "boolean" ? false : "")),
    ]),
  );
}

/** What was given before, as the form holds it; what cannot be proposed is left out. */
export function givenValues(
  inputs: RecordingInputs | null,
  given: Pick<DeploymentInputs["items"][number], "name" | "value">[],
): FormValues {
  const values: FormValues = {};
  for (const { name, value } of given) {
    const property = inputs?.properties[name];
    if (!property || property.writeOnly || value === null) continue;
    values[name] = property.enum ? String(value) : value;
  }
  return values;
}

type CheckedInputs = { ok: true; plain: InputValues; secret: Record<string, string> } | { ok: false; errors: FieldErrors };

/**
 * Checks the form against the declaration exactly as the runner will. Fields left empty get the declaration's default. Secret values come
 * apart: they are to be sealed before they leave the page.
 */
export function checkInputs(inputs: RecordingInputs | null, values: FormValues): CheckedInputs {
  if (!inputs) return { ok: true, plain: {}, secret: {} };
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  const typed = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, matchEnum(inputs.properties[name], value)]));
  const resolved = resolveInputs(inputs, typed);
  if (!resolved.ok) return { ok: false, errors: Object.fromEntries(resolved.issues.map(({ field, message }) => [field, message])) };
  return { ok: true, ...(inputsToSend(inputs, typed) ?? { plain: {}, secret: {} }) };
}

/**
 * Puts the server's refusal of inputs at the fields that it names, with `words` where it has none for each; what names no field is
 * for the form as a whole.
 */
export function errorsFromDetails(details: unknown, words: string, fields: readonly InputField[]): FieldErrors {
  const issues = (details as { issues?: unknown } | null)?.issues;
  const errors: FieldErrors = {};
  for (const issue of Array.isArray(issues) ? issues : [details]) {
    const { field, message } = (issue ?? {}) as Record<string, unknown>;
    const named = typeof field === "string" ? field.replace(/^inputs\./, "") : null;
    const known = fields.find((candidate) => candidate.name === named);
    if (known) errors[known.name] = typeof message === "string" ? message : words;
  }
  return errors;
}

/** By JSON Schema's `format`. */
const textTypes: Record<string, InputField["textType"]> = { date: "date", time: "time", email: "email", uri: "url" };

function kindOf(property: InputProperty): InputKind {
  if (property.writeOnly) return "password";
  if (property.enum) return "select";
  if (property.type === "boolean") return "switch";
  return property.type === "string" ? "text" : "number";
}

/** A select speaks text; an enum of numbers wants its number back. */
function matchEnum(property: InputProperty | undefined, value: string | number | boolean): string | number | boolean {
  return property?.enum?.find((option) => String(option) === value) ?? value;
}
