import * as z from "zod";
import { checkInputDeclaration, declaredInput, recordingInputsSchema } from "./recording-inputs.ts";
import { customStepNames, customStepSchemas, recorderStepSchemas, type Step, stepSchema, stepTypes } from "./recording-steps.ts";
import { templatedFields, templateNames } from "./template.ts";

/** bytes of UTF-8 */
export const maxRecordingBytes = 2 * 1024 * 1024;
const maxIssues = 20;

/** A Chrome DevTools Recorder recording, with the inputs that Deskhand adds. */
export const recordingSchema = z.object({
  title: z.string(),
  /** ms for each step that sets none of its own; 5000 when absent */
  timeout: z.number().min(1).max(30_000).optional(),
  selectorAttribute: z.string().optional(),
  inputs: recordingInputsSchema.optional(),
  steps: z.array(stepSchema),
});

export type Recording = z.infer<typeof recordingSchema>;

export const recordingErrorCodes = [
  "RECORDING_TOO_LARGE",
  "RECORDING_NOT_JSON",
  "RECORDING_NOT_A_RECORDING",
  "RECORDING_STEP_UNKNOWN",
  "RECORDING_STEP_INVALID",
  "RECORDING_INPUTS_INVALID",
  "RECORDING_TEMPLATE_INVALID",
] as const;
export type RecordingErrorCode = (typeof recordingErrorCodes)[number];

/** `step` counts from 0 and is null for what concerns the whole recording; the message itself counts from 1. */
export type RecordingIssue = { step: number | null; field: string; message: string };
export type ParsedRecording = { ok: true; recording: Recording } | { ok: false; code: RecordingErrorCode; issues: RecordingIssue[] };

type CodedIssue = RecordingIssue & { code: RecordingErrorCode };

/** Reads the text of a recording. At most 20 issues are told; a text over 2 MB is refused before it is parsed. */
export function parseRecording(text: string): ParsedRecording {
  if (text.length > maxRecordingBytes || new TextEncoder().encode(text).length > maxRecordingBytes) {
    return refuse([whole("RECORDING_TOO_LARGE", "", "The recording is larger than 2 MB.")]);
  }
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return refuse([
      whole("RECORDING_NOT_JSON", "", "This is not a JSON file. Export the recording from Chrome DevTools' Recorder as JSON."),
    ]);
  }
  return parseRecordingData(data);
}

/** As parseRecording, for JSON that is parsed already. */
export function parseRecordingData(data: unknown): ParsedRecording {
  if (!isObject(data) || Array.isArray(data) || (!("steps" in data) && !("title" in data))) {
    return refuse([
      whole("RECORDING_NOT_A_RECORDING", "", 'This JSON is not a recording: a recording is an object with a "title" and "steps".'),
    ]);
  }
  const issues: CodedIssue[] = [];
  const header = parseHeader(data, issues);
  const steps: Step[] = [];
  if (!Array.isArray(data.steps)) {
    issues.push(whole("RECORDING_NOT_A_RECORDING", "steps", '"steps" must be a list of steps.'));
  } else {
    for (const [index, raw] of data.steps.entries()) {
      if (issues.length >= maxIssues) break;
      const step = parseStep(raw, index, issues);
      if (!step) continue;
      steps.push(step);
      checkTemplates(step, index, header.inputs, issues);
    }
  }
  return issues.length > 0 ? refuse(issues) : { ok: true, recording: { ...header, steps } };
}

function parseHeader(data: Record<string, unknown>, issues: CodedIssue[]): Omit<Recording, "steps"> {
  if (typeof data.title !== "string") issues.push(whole("RECORDING_NOT_A_RECORDING", "title", '"title" must be text.'));
  const header: Omit<Recording, "steps"> = { title: typeof data.title === "string" ? data.title : "" };
  if (data.timeout !== undefined) {
    const timeout = recordingSchema.shape.timeout.safeParse(data.timeout);
    if (timeout.success && timeout.data !== undefined) header.timeout = timeout.data;
    else issues.push(whole("RECORDING_NOT_A_RECORDING", "timeout", '"timeout" must be a number of milliseconds from 1 to 30000.'));
  }
  if (typeof data.selectorAttribute === "string") header.selectorAttribute = data.selectorAttribute;
  if (data.inputs !== undefined) {
    const inputs = recordingInputsSchema.safeParse(data.inputs);
    if (inputs.success) {
      header.inputs = inputs.data;
      for (const issue of checkInputDeclaration(inputs.data)) {
        issues.push(whole("RECORDING_INPUTS_INVALID", issue.field, issue.message));
      }
    } else {
      for (const issue of inputs.error.issues) {
        const field = fieldName(["inputs", ...issue.path]);
        issues.push(whole("RECORDING_INPUTS_INVALID", field, `"${field}" ${explain(issue)}.`));
      }
    }
  }
  return header;
}

function parseStep(raw: unknown, index: number, issues: CodedIssue[]): Step | undefined {
  const report = (code: RecordingErrorCode, field: string, words: string, name = "") => {
    issues.push({ code, step: index, field, message: `Step ${index + 1}${name ? ` (${name})` : ""}: ${words}` });
  };
  if (!isObject(raw)) return void report("RECORDING_STEP_INVALID", "", "must be an object.");
  const { type } = raw;
  if (typeof type !== "string") return void report("RECORDING_STEP_INVALID", "type", 'has no "type".');
  if (!(stepTypes as readonly string[]).includes(type)) {
    return void report("RECORDING_STEP_UNKNOWN", "type", `${quote(type)} is not a step type. Allowed: ${stepTypes.join(", ")}.`);
  }
  let schema: z.ZodType = recorderStepSchemas[type as keyof typeof recorderStepSchemas];
  if (type === "customStep") {
    if (typeof raw.name !== "string") return void report("RECORDING_STEP_INVALID", "name", '"name" must be text.', type);
    if (!customStepNames.includes(raw.name)) {
      const words = `${quote(raw.name)} cannot be carried out here. Allowed names: ${customStepNames.join(", ")}.`;
      return void report("RECORDING_STEP_UNKNOWN", "name", words, type);
    }
    schema = customStepSchemas[raw.name as keyof typeof customStepSchemas];
  }
  const parsed = schema.safeParse(dropIgnored(raw));
  if (parsed.success) return parsed.data as Step;
  for (const issue of parsed.error.issues) {
    const field = fieldName(issue.path);
    report("RECORDING_STEP_INVALID", field, `"${field}" ${explain(issue)}.`, type);
  }
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

function checkTemplates(step: Step, index: number, inputs: Recording["inputs"], issues: CodedIssue[]): void {
  for (const { field, text, allowed } of templatedFields(step)) {
    for (const name of templateNames(text)) {
      let words: string | undefined;
      if (!declaredInput(inputs, name)) words = `uses the input ${quote(name)}, which "inputs" does not declare.`;
      else if (!allowed) words = "may use an input only in aria/ and text/ selectors.";
      if (words) {
        issues.push({
          code: "RECORDING_TEMPLATE_INVALID",
          step: index,
          field,
          message: `Step ${index + 1} (${step.type}): "${field}" ${words}`,
        });
      }
    }
  }
}

function explain(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${typeWords[issue.expected] ?? issue.expected} (it is missing or of another type)`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => quote(String(value))).join(", ")}`;
    case "too_small":
      return issue.origin === "array" || issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return issue.origin === "number" ? `must be at most ${issue.maximum}` : `is too long (at most ${issue.maximum})`;
    case "invalid_union":
      return issue.discriminator ? "must be one of the kinds that this step knows" : "is of the wrong type";
    case "invalid_key":
      return "has a name that is not allowed: letters, digits and _, starting with a letter";
    default:
      return "is not valid";
  }
}

const typeWords: Record<string, string> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, key) => (typeof key === "number" ? `${name}[${key}]` : name ? `${name}.${String(key)}` : String(key)),
    "",
  );
}

function quote(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 59)}…` : text}"`;
}

function whole(code: RecordingErrorCode, field: string, message: string): CodedIssue {
  return { code, step: null, field, message };
}

function refuse(issues: CodedIssue[]): ParsedRecording {
  const code = issues[0]?.code ?? "RECORDING_NOT_A_RECORDING";
  return { ok: false, code, issues: issues.slice(0, maxIssues).map(({ step, field, message }) => ({ step, field, message })) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
