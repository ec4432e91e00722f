import type * as z from "zod";

export const recordingErrorCodes = [
  "RECORDING_TOO_LARGE",
  "RECORDING_TOO_DEEP",
  "RECORDING_TOO_LONG",
  "RECORDING_NOT_JSON",
  "RECORDING_NOT_A_RECORDING",
  "RECORDING_STEP_UNKNOWN",
  "RECORDING_STEP_INVALID",
  "RECORDING_INPUTS_INVALID",
  "RECORDING_VARIABLES_INVALID",
  "RECORDING_TESTS_INVALID",
  "RECORDING_TEMPLATE_INVALID",
] as const;
export type RecordingErrorCode = (typeof recordingErrorCodes)[number];

/**
 * `step` counts from 0 through the whole document, with the steps inside of blocks, and is null for what concerns the recording itself;
 * the message counts from 1. `path` is where the step stands in the document.
 */
export type RecordingIssue = { step: number | null; path: string; field: string; message: string };
export type CodedIssue = RecordingIssue & { code: RecordingErrorCode };

/** An issue of the document itself. */
export function wholeIssue(code: RecordingErrorCode, field: string, message: string): CodedIssue {
  return { code, step: null, path: "", field, message };
}

/** What is wrong with a field, as the end of a sentence that begins with its name. */
export function explainIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `must be ${typeWords[issue.expected] ?? issue.expected} (it is missing or of another type)`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => quoteShort(String(value))).join(", ")}`;
    case "too_small":
      return issue.origin === "array" || issue.origin === "string" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return issue.origin === "number" || issue.origin === "int"
        ? `must be at most ${issue.maximum}`
        : `is too long (at most ${issue.maximum})`;
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

/** `parameters.selectors[0]` for a path of keys and positions. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, key) => (typeof key === "number" ? `${name}[${key}]` : name ? `${name}.${String(key)}` : String(key)),
    "",
  );
}

export function quoteShort(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 59)}…` : text}"`;
}
