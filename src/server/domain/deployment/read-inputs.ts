import type { ErrorCode } from "@deskhand/shared/error-codes";
import { type InputValues, sealedInput } from "@deskhand/shared/schemas/deployment";
import { declaredInput, type RecordingInputs, secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";
import { AppError } from "@/server/errors";

// text of forms and command lines ("3", "true") becomes the declared type; `logger: false` because a warning could quote a value
const ajv = new Ajv({ strict: false, coerceTypes: true, useDefaults: true, logger: false });
addFormats(ajv);

/**
 * Checks what a person filled in against what the workflow declares, and fills in defaults. Secret inputs must be sealed to the
 * runner's key and pass unseen: only the runner can check them. Messages name the input and never repeat a value.
 * @throws AppError INPUT_MISSING, INPUT_UNKNOWN, INPUT_WRONG_TYPE, SECRET_NOT_SEALED, each with `details.field`
 */
export function readInputs(declared: RecordingInputs | undefined, given: InputValues): InputValues {
  for (const name of Object.keys(given)) {
    if (!declaredInput(declared, name)) throw refusal("INPUT_UNKNOWN", name, `The workflow has no input called "${name}".`);
  }
  const secrets = new Set(secretInputNames(declared));
  const open: Record<string, unknown> = {};
  const sealed: InputValues = {};
  for (const [name, property] of Object.entries(declared?.properties ?? {})) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (!secrets.has(name)) {
      if (value !== undefined) open[name] = value;
    } else if (value !== undefined) {
      if (!sealedInput.safeParse(value).success)
        throw refusal("SECRET_NOT_SEALED", name, `"${label(declared, name)}" is secret and was not sealed for the runner.`);
      sealed[name] = value;
    } else if (declared?.required?.includes(name) && property.default === undefined) {
      throw refusal("INPUT_MISSING", name, `"${label(declared, name)}" is required.`);
    }
  }
  const schema = {
    type: "object",
    properties: Object.fromEntries(Object.entries(declared?.properties ?? {}).filter(([name]) => !secrets.has(name))),
    required: (declared?.required ?? []).filter((name) => !secrets.has(name)),
  };
  try {
    const validate = ajv.compile(schema);
    if (!validate(open)) throw explain(declared, validate.errors?.[0]);
  } finally {
    ajv.removeSchema(schema); // it keeps what it has compiled otherwise
  }
  return { ...(open as InputValues), ...sealed };
}

/** Says what to do about an input that is missing where nobody can give it; other errors are thrown as they are. */
export function sayOfMissing(error: unknown, more: string): never {
  if (!(error instanceof AppError) || error.code !== "INPUT_MISSING") throw error;
  throw new AppError("INPUT_MISSING", { userMessage: `${error.userMessage} ${more}`, details: error.details, cause: error });
}

function explain(declared: RecordingInputs | undefined, error: ErrorObject | undefined): AppError {
  if (error?.keyword === "required") {
    const name = String(error.params.missingProperty);
    return refusal("INPUT_MISSING", name, `"${label(declared, name)}" is required.`);
  }
  const name = error?.instancePath.split("/")[1] ?? "";
  return refusal("INPUT_WRONG_TYPE", name, `"${label(declared, name)}" ${error?.message ?? "is not valid"}.`);
}

function label(declared: RecordingInputs | undefined, name: string): string {
  return declaredInput(declared, name)?.title ?? name;
}

function refusal(code: ErrorCode, field: string, message: string): AppError {
  return new AppError(code, { userMessage: message, details: { field } });
}
