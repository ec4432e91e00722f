import * as z from "zod";
import { inputNameSchema, type RecordingInputs } from "./recording-inputs.ts";

const variableSchema = z.object({
  type: z.enum(["string", "number", "boolean", "list", "object"]),
  title: z.string().max(200).optional(),
  description: z.string().max(2000).optional(),
  /** what it is until a step sets it; null when absent */
  default: z.json().optional(),
  /** never shown, logged or told */
  writeOnly: z.boolean().optional(),
  /** part of the run's result data, under its name */
  output: z.boolean().optional(),
});

/** What a document keeps while it runs: names with types, beside its inputs. */
export const recordingVariablesSchema = z.record(inputNameSchema, variableSchema).meta({ id: "WorkflowVariables" });
export type RecordingVariables = z.infer<typeof recordingVariablesSchema>;
export type VariableType = z.infer<typeof variableSchema>["type"];

/** Inputs, variables and items of loops by name. */
export type Values = Record<string, unknown>;

/** A sentence for each thing that is wrong with the declaration itself (beyond its shape). */
export function checkVariables(variables: RecordingVariables, inputs: RecordingInputs | undefined): { field: string; message: string }[] {
  const issues: { field: string; message: string }[] = [];
  for (const [name, { type, default: value, writeOnly, output }] of Object.entries(variables)) {
    const report = (message: string, field = "") => issues.push({ field: `variables.${name}${field}`, message });
    if (name === "inputs") report('A variable cannot be called "inputs".');
    if (inputs && Object.hasOwn(inputs.properties, name)) report(`"${name}" is an input already.`);
    if (value !== undefined && value !== null && !isOfType(value, type)) report(`The default of "${name}" is not of its type.`, ".default");
    if (writeOnly && output) report(`"${name}" is secret and cannot be part of the result.`, ".output");
  }
  return issues;
}

export function isOfType(value: unknown, type: VariableType): boolean {
  switch (type) {
    case "list":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

/** What a reference such as `row.items.0` leads to; undefined where there is nothing. Never looks at a prototype. */
export function readReference(values: Readonly<Values>, reference: string): unknown {
  return reference.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, values);
}

/** A value as it stands in a text: lists and objects as JSON, nothing as nothing. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
