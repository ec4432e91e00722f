import * as z from "zod";
import type { Scope } from "./check-references.ts";
import { maxDepth, parseStepList } from "./parse-steps.ts";
import { checkInputDeclaration, recordingInputsSchema } from "./recording-inputs.ts";
import { type CodedIssue, explainIssue, fieldName, type RecordingErrorCode, type RecordingIssue, wholeIssue } from "./recording-issues.ts";
import { recordingPersonSchema } from "./recording-person.ts";
import { type Step, stepSchema } from "./recording-steps.ts";
import { checkTests, recordingTestsSchema } from "./recording-tests.ts";
import { checkVariables, recordingVariablesSchema } from "./recording-variables.ts";
import { recordingVideoSchema } from "./recording-video.ts";

/** bytes of UTF-8 */
export const maxRecordingBytes = 2 * 1024 * 1024;
const maxIssues = 20;
/** Objects and lists inside of each other; blocks as deep as they may be need less. */
const maxJsonDepth = maxDepth * 4 + 64;

/** A Chrome DevTools Recorder recording, with the inputs, variables, tests, the rule for waiting and the word on videos that Deskhand adds. */
export const recordingSchema = z.object({
  title: z.string(),
  /** ms for each step that sets none of its own; 5000 when absent */
  timeout: z.number().min(1).max(30_000).optional(),
  selectorAttribute: z.string().optional(),
  inputs: recordingInputsSchema.optional(),
  variables: recordingVariablesSchema.optional(),
  tests: recordingTestsSchema.optional(),
  person: recordingPersonSchema.optional(),
  video: recordingVideoSchema.optional(),
  steps: z.array(stepSchema),
});

export type Recording = z.infer<typeof recordingSchema>;
type Header = Omit<Recording, "steps">;

export type ParsedRecording = { ok: true; recording: Recording } | { ok: false; code: RecordingErrorCode; issues: RecordingIssue[] };

/** Reads the text of a recording. At most 20 issues are told; a text over 2 MB is refused before it is parsed. */
export function parseRecording(text: string): ParsedRecording {
  if (text.length > maxRecordingBytes || new TextEncoder().encode(text).length > maxRecordingBytes) {
    return refuse([wholeIssue("RECORDING_TOO_LARGE", "", "The recording is larger than 2 MB.")]);
  }
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    const words = "This is not a JSON file. Export the recording from Chrome DevTools' Recorder as JSON.";
    return refuse([wholeIssue("RECORDING_NOT_JSON", "", words)]);
  }
  return parseRecordingData(data);
}

/** As parseRecording, for JSON that is parsed already. */
export function parseRecordingData(data: unknown): ParsedRecording {
  if (!isObject(data) || Array.isArray(data) || (!("steps" in data) && !("title" in data))) {
    const words = 'This JSON is not a recording: a recording is an object with a "title" and "steps".';
    return refuse([wholeIssue("RECORDING_NOT_A_RECORDING", "", words)]);
  }
  // before anything that walks into it by calling itself
  if (isTooDeep(data)) return refuse([wholeIssue("RECORDING_TOO_DEEP", "", "The recording's parts are too deep inside of each other.")]);
  const issues: CodedIssue[] = [];
  const header = parseHeader(data, issues);
  let steps: Step[] = [];
  if (!Array.isArray(data.steps)) issues.push(wholeIssue("RECORDING_NOT_A_RECORDING", "steps", '"steps" must be a list of steps.'));
  else {
    steps = parseStepList(data.steps, "steps", 1, scopeOf(header), { count: 0, issues, maxIssues });
  }
  return issues.length > 0 ? refuse(issues) : { ok: true, recording: { ...header, steps } };
}

function scopeOf({ inputs, variables = {} }: Header): Scope {
  const given = Object.keys(inputs?.properties ?? {});
  const plain = Object.entries(variables).filter(([, { type }]) => type !== "list" && type !== "object");
  return {
    readable: new Set([...given, ...Object.keys(variables)]),
    plain: new Set([...given, ...plain.map(([name]) => name)]),
    variables: new Set(Object.keys(variables)),
    lists: new Set(Object.keys(variables).filter((name) => variables[name]?.type === "list")),
    elements: new Set(),
  };
}

function parseHeader(data: Record<string, unknown>, issues: CodedIssue[]): Header {
  if (typeof data.title !== "string") issues.push(wholeIssue("RECORDING_NOT_A_RECORDING", "title", '"title" must be text.'));
  const header: Header = { title: typeof data.title === "string" ? data.title : "" };
  if (data.timeout !== undefined) {
    const timeout = recordingSchema.shape.timeout.safeParse(data.timeout);
    if (timeout.success && timeout.data !== undefined) header.timeout = timeout.data;
    else issues.push(wholeIssue("RECORDING_NOT_A_RECORDING", "timeout", '"timeout" must be a number of milliseconds from 1 to 30000.'));
  }
  if (typeof data.selectorAttribute === "string") header.selectorAttribute = data.selectorAttribute;
  const read = <T>(
    name: string,
    schema: z.ZodType<T>,
    code: RecordingErrorCode,
    check: (value: T) => { field: string; message: string }[],
  ) => {
    if (data[name] === undefined) return;
    const parsed = schema.safeParse(data[name]);
    if (parsed.success) {
      for (const issue of check(parsed.data)) issues.push(wholeIssue(code, issue.field, issue.message));
      return parsed.data;
    }
    for (const issue of parsed.error.issues) {
      const field = fieldName([name, ...issue.path]);
      issues.push(wholeIssue(code, field, `"${field}" ${explainIssue(issue)}.`));
    }
  };
  const inputs = read("inputs", recordingInputsSchema, "RECORDING_INPUTS_INVALID", checkInputDeclaration);
  if (inputs) header.inputs = inputs;
  const variables = read("variables", recordingVariablesSchema, "RECORDING_VARIABLES_INVALID", (given) => checkVariables(given, inputs));
  if (variables) header.variables = variables;
  const tests = read("tests", recordingTestsSchema, "RECORDING_TESTS_INVALID", (given) => checkTests(given, inputs));
  if (tests) header.tests = tests;
  const person = read("person", recordingPersonSchema, "RECORDING_NOT_A_RECORDING", () => []);
  if (person) header.person = person;
  const video = read("video", recordingVideoSchema, "RECORDING_NOT_A_RECORDING", () => []);
  if (video) header.video = video;
  return header;
}

/** Looks level by level, so that no document is too deep for the look itself. */
function isTooDeep(data: unknown): boolean {
  let level: unknown[] = [data];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxJsonDepth) return true;
    level = level.flatMap((value) => (isObject(value) ? Object.values(value) : [])).filter(isObject);
  }
  return false;
}

function refuse(issues: CodedIssue[]): ParsedRecording {
  const code = issues[0]?.code ?? "RECORDING_NOT_A_RECORDING";
  return {
    ok: false,
    code,
    issues: issues.slice(0, maxIssues).map(({ step, path, field, message }) => ({ step, path, field, message })),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
