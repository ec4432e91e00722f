import { describe, expect, test } from "vitest";
import { AppError, toAppError } from "./errors.ts";

describe("whatever was thrown", () => {
  test("our own error stays what it is", () => {
    const error = new AppError("NOT_FOUND");
    expect(toAppError(error)).toBe(error);
  });

  test("our own error of the process's other module graph is known by its name and code", () => {
    const foreign = Object.assign(new Error("RUNNER_OFFLINE"), { name: "AppError", code: "RUNNER_OFFLINE" });
    expect(toAppError(foreign).code).toBe("RUNNER_OFFLINE");
    expect(toAppError(Object.assign(new Error("x"), { name: "AppError", code: "MADE_UP" })).code).toBe("INTERNAL");
  });

  test("a lost database is told as such, however deep it is said", () => {
    const lost = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    expect(toAppError(new Error("query failed", { cause: { meta: { driverAdapterError: { cause: lost } } } })).code).toBe(
      "DATABASE_UNAVAILABLE",
    );
  });

  test("anything else is INTERNAL, with its cause kept for the log", () => {
    const cause = new Error("secret details");
    const error = toAppError(cause);
    expect([error.code, error.userMessage, error.cause]).toEqual(["INTERNAL", undefined, cause]);
  });
});
