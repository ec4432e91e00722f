import { type ErrorCode, isErrorCode } from "@deskhand/shared/error-codes";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server/rpc";

type Mapping = { trpc: TRPC_ERROR_CODE_KEY; http: number };

/** One row for each code; the compiler refuses a code without one. The relay sends the code itself. */
export const errorTable: Record<ErrorCode, Mapping> = {
  UNAUTHENTICATED: { trpc: "UNAUTHORIZED", http: 401 },
  FORBIDDEN: { trpc: "FORBIDDEN", http: 403 },
  NOT_FOUND: { trpc: "NOT_FOUND", http: 404 },
  RATE_LIMITED: { trpc: "TOO_MANY_REQUESTS", http: 429 },
  SCOPE_MISSING: { trpc: "FORBIDDEN", http: 403 },
  INVALID_INPUT: { trpc: "BAD_REQUEST", http: 400 },
  PAYLOAD_TOO_LARGE: { trpc: "PAYLOAD_TOO_LARGE", http: 413 },
  PROJECT_REQUIRED: { trpc: "BAD_REQUEST", http: 400 },
  NAME_TAKEN: { trpc: "CONFLICT", http: 409 },
  CONFLICT: { trpc: "CONFLICT", http: 409 },
  IDEMPOTENCY_CONFLICT: { trpc: "CONFLICT", http: 409 },
  SCHEDULE_INVALID: { trpc: "BAD_REQUEST", http: 400 },
  TRIGGER_DISABLED: { trpc: "CONFLICT", http: 409 },
  EMAIL_TAKEN: { trpc: "CONFLICT", http: 409 },
  SIGN_IN_FAILED: { trpc: "UNAUTHORIZED", http: 401 },
  PAIRING_CODE_INVALID: { trpc: "BAD_REQUEST", http: 400 },
  PAIRING_CODE_EXPIRED: { trpc: "BAD_REQUEST", http: 400 },
  PAIRING_CODE_USED: { trpc: "CONFLICT", http: 409 },
  RUNNER_NOT_ACCEPTED: { trpc: "CONFLICT", http: 409 },
  RUNNER_PENDING: { trpc: "CONFLICT", http: 409 },
  RUNNER_REJECTED: { trpc: "FORBIDDEN", http: 403 },
  RUNNER_REVOKED: { trpc: "FORBIDDEN", http: 403 },
  RUNNER_LOCKED: { trpc: "FORBIDDEN", http: 403 },
  RUNNER_UNKNOWN: { trpc: "NOT_FOUND", http: 404 },
  RUNNER_OFFLINE: { trpc: "CONFLICT", http: 409 },
  SIGNATURE_INVALID: { trpc: "UNAUTHORIZED", http: 401 },
  SIGNATURE_REQUIRED: { trpc: "PRECONDITION_FAILED", http: 412 },
  SIGNER_NOT_APPROVED: { trpc: "PRECONDITION_FAILED", http: 412 },
  MANIFEST_INVALID: { trpc: "BAD_REQUEST", http: 400 },
  PROTOCOL_UNSUPPORTED: { trpc: "PRECONDITION_FAILED", http: 412 },
  MESSAGE_INVALID: { trpc: "BAD_REQUEST", http: 400 },
  LEASE_STALE: { trpc: "CONFLICT", http: 409 },
  PROFILE_IN_USE: { trpc: "CONFLICT", http: 409 },
  PROFILE_MOVING: { trpc: "CONFLICT", http: 409 },
  PROFILE_SCHEDULED: { trpc: "CONFLICT", http: 409 },
  PROFILE_NOT_IN_USE: { trpc: "CONFLICT", http: 409 },
  PROFILE_ON_OTHER_RUNNER: { trpc: "BAD_REQUEST", http: 400 },
  PROXY_IN_USE: { http: 409, trpc: "CONFLICT" },
  RECORDING_INVALID: { trpc: "BAD_REQUEST", http: 400 },
  RECORDING_TOO_LARGE: { trpc: "PAYLOAD_TOO_LARGE", http: 413 },
  WORKFLOW_UNCHANGED: { trpc: "CONFLICT", http: 409 },
  WORKFLOW_MOVED_ON: { trpc: "CONFLICT", http: 409 },
  WORKFLOW_SCHEDULED: { trpc: "CONFLICT", http: 409 },
  INPUT_MISSING: { trpc: "BAD_REQUEST", http: 400 },
  INPUT_UNKNOWN: { trpc: "BAD_REQUEST", http: 400 },
  INPUT_WRONG_TYPE: { trpc: "BAD_REQUEST", http: 400 },
  SECRET_NOT_SEALED: { trpc: "BAD_REQUEST", http: 400 },
  RUN_FINISHED: { trpc: "CONFLICT", http: 409 },
  RUN_HELD: { trpc: "CONFLICT", http: 409 },
  HOLD_OVER: { trpc: "CONFLICT", http: 409 },
  RUN_NOT_FINISHED: { trpc: "CONFLICT", http: 409 },
  ARTIFACT_GONE: { trpc: "NOT_FOUND", http: 410 },
  DATABASE_UNAVAILABLE: { trpc: "SERVICE_UNAVAILABLE", http: 503 },
  RUNNER_TIMEOUT: { trpc: "GATEWAY_TIMEOUT", http: 504 },
  INTERNAL: { trpc: "INTERNAL_SERVER_ERROR", http: 500 },
};

type AppErrorOptions = {
  /** Words for the person when the code's own sentence does not say it all. Never an internal message. */
  userMessage?: string;
  /** Facts that the caller may see, for example which step of a recording is wrong. */
  details?: unknown;
  /** How long to wait before trying again, in milliseconds (RATE_LIMITED). */
  retryAfterMs?: number;
  cause?: unknown;
};

/** The only error that domain and clients throw on purpose. Anything else reaches the outside as INTERNAL. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly userMessage: string | undefined;
  readonly details: unknown;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(code, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.userMessage = options.userMessage;
    this.details = options.details;
    this.retryAfterMs = options.retryAfterMs;
  }
}

const connectionFailures = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "57P01",
  "57P02",
  "57P03",
  "08006",
  "08001",
  "08003",
  "P1001",
  "P1002",
  "P1017",
  "P2024",
]);

function namesLostDatabase(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 5) return false;
  const { code, originalCode, kind, cause, meta, message } = error as Record<string, unknown>;
  if (connectionFailures.has(String(code)) || connectionFailures.has(String(originalCode))) return true;
  if (kind === "DatabaseNotReachable" || kind === "ConnectionClosed" || kind === "SocketTimeout") return true;
  if (
    typeof message === "string" &&
    /Connection terminated|Query read timeout|timeout exceeded when trying to connect|Unable to start a transaction in the given time|Client has encountered a connection error/.test(
      message,
    )
  )
    return true;
  const adapterCause = (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
  return namesLostDatabase(cause, depth + 1) || namesLostDatabase(adapterCause, depth + 1);
}

/** Turns whatever was thrown into an AppError: a lost database is told as such, all else is INTERNAL with the cause kept for the log. */
export function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (namesLostDatabase(error)) return new AppError("DATABASE_UNAVAILABLE", { cause: error });
  return new AppError("INTERNAL", { cause: error });
}

/** Next's bundle and main.ts each have a class of this name: what the relay throws is not an instance of the one here. */
function isAppError(error: unknown): error is AppError {
  return error instanceof AppError || (error instanceof Error && error.name === "AppError" && "code" in error && isErrorCode(error.code));
}
