import * as z from "zod";

/** Names a recording may give to its inputs; also keeps `__proto__` and friends out of every lookup. */
export const inputNameSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, "An input's name starts with a letter and holds only letters, digits and _ (at most 64).")
  .refine((name) => name !== "constructor" && name !== "prototype", "This name is reserved.");

export const inputPropertySchema = z.object({
  type: z.enum(["string", "number", "integer", "boolean"]),
  title: z.string().max(200).optional(),
  description: z.string().max(2000).optional(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  enum: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .max(500)
    .optional(),
  minLength: z.int().min(0).optional(),
  maxLength: z.int().min(0).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  format: z.string().max(40).optional(),
  /** JSON Schema's word for "may be set, never shown": Deskhand's secret inputs. */
  writeOnly: z.boolean().optional(),
});

/** The inputs that a recording declares: a flat JSON Schema object. */
export const recordingInputsSchema = z.object({
  type: z.literal("object").optional(),
  properties: z.record(inputNameSchema, inputPropertySchema),
  required: z.array(z.string()).max(200).optional(),
  additionalProperties: z.boolean().optional(),
});

export type InputProperty = z.infer<typeof inputPropertySchema>;
export type RecordingInputs = z.infer<typeof recordingInputsSchema>;
export type InputValue = string | number | boolean;
export type InputValues = Record<string, InputValue>;
export type InputIssue = { field: string; message: string };

/** The declared input of that name, or undefined; never looks at the prototype. */
export function declaredInput(inputs: RecordingInputs | undefined, name: string): InputProperty | undefined {
  return inputs && Object.hasOwn(inputs.properties, name) ? inputs.properties[name] : undefined;
}

/** Names of the inputs whose values must never be shown, stored in clear or logged. */
export function secretInputNames(inputs: RecordingInputs | undefined): string[] {
  return Object.entries(inputs?.properties ?? {})
    .filter(([, property]) => property.writeOnly === true)
    .map(([name]) => name);
}

/**
 * Checks the given values against the declaration, fills in defaults and turns the text of forms and command lines
 * ("3", "true") into the declared type. Messages name the input and never repeat its value.
 */
export function resolveInputs(
  inputs: RecordingInputs | undefined,
  given: Readonly<Record<string, unknown>>,
): { ok: true; values: InputValues } | { ok: false; issues: InputIssue[] } {
  const issues: InputIssue[] = [];
  const values: InputValues = {};
  const required = new Set(inputs?.required ?? []);
  for (const name of Object.keys(given)) {
    if (!declaredInput(inputs, name)) issues.push({ field: name, message: `The workflow has no input called "${name}".` });
  }
  for (const [name, property] of Object.entries(inputs?.properties ?? {})) {
    const label = property.title ?? name;
    const raw = Object.hasOwn(given, name) && given[name] !== null ? given[name] : undefined;
    const value = raw === undefined ? property.default : raw;
    if (value === undefined) {
      if (required.has(name)) issues.push({ field: name, message: `"${label}" is required.` });
      continue;
    }
    const coerced = coerceInput(property, value);
    const problem = coerced === undefined ? `must be ${describeType(property.type)}` : checkInput(property, coerced);
    if (coerced === undefined || problem) issues.push({ field: name, message: `"${label}" ${problem}.` });
    else values[name] = coerced;
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, values };
}

/** What is wrong with one value; says nothing of inputs that are missing. */
export function checkInputValue(inputs: RecordingInputs | undefined, name: string, value: unknown): string[] {
  const only = inputs && { properties: Object.fromEntries(Object.entries(inputs.properties).filter(([key]) => key === name)) };
  const resolved = resolveInputs(only, { [name]: value });
  return resolved.ok ? [] : resolved.issues.map(({ message }) => message);
}

/** A sentence for each thing that is wrong with the declaration itself (beyond its shape). */
export function checkInputDeclaration(inputs: RecordingInputs): InputIssue[] {
  const issues: InputIssue[] = [];
  for (const name of inputs.required ?? []) {
    if (!declaredInput(inputs, name)) issues.push({ field: "inputs.required", message: `"${name}" is required but not declared.` });
  }
  for (const [name, property] of Object.entries(inputs.properties)) {
    if (property.default === undefined) continue;
    const coerced = coerceInput(property, property.default);
    const problem = coerced === undefined ? `must be ${describeType(property.type)}` : checkInput(property, coerced);
    if (problem) issues.push({ field: `inputs.properties.${name}.default`, message: `The default of "${name}" ${problem}.` });
  }
  return issues;
}

function coerceInput(property: InputProperty, value: unknown): InputValue | undefined {
  switch (property.type) {
    case "string":
      return typeof value === "string" ? value : typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
    case "boolean":
      if (value === "true") return true;
      if (value === "false") return false;
      return typeof value === "boolean" ? value : undefined;
    case "number":
    case "integer": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
      return property.type === "integer" && !Number.isInteger(number) ? undefined : number;
    }
  }
}

function checkInput(property: InputProperty, value: InputValue): string | undefined {
  if (property.enum && !property.enum.includes(value as string | number)) return `must be one of ${property.enum.join(", ")}`;
  if (typeof value === "string") {
    if (property.minLength !== undefined && value.length < property.minLength) {
      return `must have at least ${property.minLength} characters`;
    }
    if (property.maxLength !== undefined && value.length > property.maxLength) {
      return `must have at most ${property.maxLength} characters`;
    }
  }
  if (typeof value === "number") {
    if (property.minimum !== undefined && value < property.minimum) return `must be at least ${property.minimum}`;
    if (property.maximum !== undefined && value > property.maximum) return `must be at most ${property.maximum}`;
  }
  return undefined;
}

function describeType(type: InputProperty["type"]): string {
  return type === "integer" ? "a whole number" : type === "boolean" ? "true or false" : type === "number" ? "a number" : "text";
}
