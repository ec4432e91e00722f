import type { ErrorCode } from "@deskhand/shared/error-codes";
import { expect } from "vitest";
import { AppError } from "@/server/errors";

/** Expects the refusal and gives it, so that its details can be looked at. */
export async function expectCode(promise: Promise<unknown>, code: ErrorCode): Promise<AppError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof Error && !(error instanceof AppError)) throw error;
  expect(error).toBeInstanceOf(AppError);
  expect((error as AppError).code).toBe(code);
  return error as AppError;
}
