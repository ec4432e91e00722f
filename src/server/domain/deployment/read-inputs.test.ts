import type { RecordingInputs } from "@deskhand/shared/schemas/recording-inputs";
import { describe, expect, test } from "vitest";
import { AppError } from "@/server/errors";
import { readInputs } from "./read-inputs.ts";

const declared: RecordingInputs = {
  properties: {
    email: { type: "string", title: "E-mail", format: "email" },
    count: { type: "integer", minimum: 1, default: 3 },
    fast: { type: "boolean" },
    size: { type: "string", enum: ["s", "m"] },
    password: { type: "string", writeOnly: true },
    pin: { type: "string", writeOnly: true, default: "0000" },
  },
  required: ["email", "password", "pin"],
};
const sealed = { sealed: "-----BEGIN AGE ENCRYPTED FILE-----" };
const good = { email: "a@example.com", password: sealed };

function refusalOf(given: Parameters<typeof readInputs>[1], inputs: RecordingInputs | undefined = declared) {
  try {
    readInputs(inputs, given);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  return undefined;
}

describe("inputs", () => {
  test("defaults are filled in, sealed secrets pass as they are", () => {
    expect(readInputs(declared, good)).toEqual({ email: "a@example.com", count: 3, password: sealed });
  });

  test("the text of a form or a command line becomes the declared type", () => {
    expect(readInputs(declared, { ...good, count: "7", fast: "true" })).toMatchObject({ count: 7, fast: true });
  });

  test.each([
    [{ password: sealed }, "INPUT_MISSING", "email"],
    [{ email: "a@example.com" }, "INPUT_MISSING", "password"],
    [{ ...good, colour: "red" }, "INPUT_UNKNOWN", "colour"],
    [{ ...good, email: "nobody" }, "INPUT_WRONG_TYPE", "email"],
    [{ ...good, email: sealed }, "INPUT_WRONG_TYPE", "email"],
    [{ ...good, count: "many" }, "INPUT_WRONG_TYPE", "count"],
    [{ ...good, count: 0 }, "INPUT_WRONG_TYPE", "count"],
    [{ ...good, size: "xl" }, "INPUT_WRONG_TYPE", "size"],
    [{ ...good, password: "hunter2" }, "SECRET_NOT_SEALED", "password"],
  ] as const)("%o is refused as %s of %s", (given, code, field) => {
    expect(refusalOf(given)).toMatchObject({ code, details: { field } });
  });

  test("a message says the input's title and never its value", () => {
    expect(refusalOf({ ...good, email: "hunter2" })?.userMessage).toBe('"E-mail" must match format "email".');
    expect(refusalOf({ ...good, password: "hunter2" })?.userMessage).not.toContain("hunter2");
  });

  test("a workflow that declares nothing takes nothing", () => {
    expect(readInputs(undefined, {})).toEqual({});
    expect(refusalOf({ a: 1 }, undefined)).toBeDefined();
    expect(refusalOf(JSON.parse('{"__proto__": "x"}'))).toMatchObject({ code: "INPUT_UNKNOWN" });
  });
});
