import type * as z from "zod";
import { checkReferences, type Scope } from "./check-references.ts";
import { type CodedIssue, explainIssue, fieldName, quoteShort, type RecordingErrorCode } from "./recording-issues.ts";
import { customStepNames, customStepSchemas, recorderStepSchemas, type Step, stepTypes } from "./recording-steps.ts";
import { childFields } from "./walk-steps.ts";

/** With the steps inside of others. */
export const maxSteps = 2000;
/** Lists inside of lists, the document's own included. */
export const maxDepth = 8;

/** What parsing has come to: `count` steps so far, whatever became of them. */
export type StepParsing = { count: number; issues: CodedIssue[]; maxIssues: number };

/** Reads a list of steps and those inside of them. What is wrong is added to the issues, with the step's number in the whole document. */
export function parseStepList(data: readonly unknown[], path: string, depth: number, scope: Scope, parsing: StepParsing): Step[] {
  const steps: Step[] = [];
  for (const [position, raw] of data.entries()) {
    if (parsing.issues.length >= parsing.maxIssues) break;
    const at = `${path}[${position}]`;
    const index = parsing.count++;
    const report: Report = (code, field, words, name = "") => {
      parsing.issues.push({ code, step: index, path: at, field, message: `Step ${index + 1}${name ? ` (${name})` : ""}: ${words}` });
    };
    if (index === maxSteps) {
      report("RECORDING_TOO_LONG", "", `a recording may have ${maxSteps} steps.`);
      parsing.maxIssues = 0;
      break;
    }
    if (depth > maxDepth) {
      report("RECORDING_TOO_DEEP", "", `blocks may stand in each other ${maxDepth - 1} deep.`);
      break;
    }
    const step = parseStep(raw, at, depth, scope, parsing, report);
    if (step) steps.push(step);
  }
  return steps;
}

type Report = (code: RecordingErrorCode, field: string, words: string, name?: string) => void;

function parseStep(raw: unknown, path: string, depth: number, scope: Scope, parsing: StepParsing, report: Report): Step | undefined {
  if (typeof raw !== "object" || raw === null) return void report("RECORDING_STEP_INVALID", "", "must be an object.");
  const schema = schemaOf(raw as Record<string, unknown>, report);
  if (!schema) return;
  const own = dropIgnored(raw as Record<string, unknown>);
  const lists = takeChildren(own);
  const parsed = schema.safeParse(own);
  const type = String(own.type);
  const step = parsed.success ? (parsed.data as Step) : undefined;
  for (const issue of parsed.error?.issues ?? []) {
    const field = fieldName(issue.path);
    report("RECORDING_STEP_INVALID", field, `"${field}" ${explainIssue(issue)}.`, type);
  }
  const inside = step ? checkReferences(step, scope, (field, words) => report("RECORDING_TEMPLATE_INVALID", field, words, type)) : scope;
  for (const { field, data } of lists) {
    const steps = parseStepList(data, `${path}.parameters.${field}`, depth + 1, inside, parsing);
    if (step) Object.assign((step as { parameters: object }).parameters, { [field]: steps });
  }
  return step;
}

function schemaOf(raw: Record<string, unknown>, report: Report): z.ZodType | undefined {
  const { type, name } = raw;
  if (typeof type !== "string") return void report("RECORDING_STEP_INVALID", "type", 'has no "type".');
  if (!(stepTypes as readonly string[]).includes(type)) {
    return void report("RECORDING_STEP_UNKNOWN", "type", `${quoteShort(type)} is not a step type. Allowed: ${stepTypes.join(", ")}.`);
  }
  if (type !== "customStep") return recorderStepSchemas[type as keyof typeof recorderStepSchemas];
  if (typeof name !== "string") return void report("RECORDING_STEP_INVALID", "name", '"name" must be text.', type);
  if (customStepNames.includes(name)) return customStepSchemas[name as keyof typeof customStepSchemas];
  const words = `${quoteShort(name)} cannot be carried out here. Allowed names: ${customStepNames.join(", ")}.`;
  report("RECORDING_STEP_UNKNOWN", "name", words, type);
}

/** Empties a block's lists, so that it is read by itself and each step inside of it under its own number. */
function takeChildren(own: Record<string, unknown>): { field: string; data: unknown[] }[] {
  const fields = own.type === "customStep" ? childFields[own.name as string] : undefined;
  const given = own.parameters;
  if (!fields || typeof given !== "object" || given === null) return [];
  const parameters: Record<string, unknown> = { ...given };
  own.parameters = parameters;
  return fields.flatMap((field) => {
    const data = Object.hasOwn(parameters, field) ? parameters[field] : undefined;
    if (!Array.isArray(data)) return [];
    parameters[field] = [];
    return [{ field, data }];
  });
}

/** Google's parser passes over these optional fields when their type is wrong rather than refuse; so do we. */
function dropIgnored(raw: Record<string, unknown>): Record<string, unknown> {
  const step: Record<string, unknown> = { ...raw };
  if (typeof step.timeout !== "number") delete step.timeout;
  if (typeof step.target !== "string") delete step.target;
  if (!Array.isArray(step.assertedEvents)) delete step.assertedEvents;
  for (const field of ["deviceType", "button", "operator"]) if (step[field] === "") delete step[field];
  return step;
}
