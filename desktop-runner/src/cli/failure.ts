import type { ErrorCode } from "@deskhand/shared/error-codes";
import { errorWords } from "@deskhand/shared/error-words";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import type { BackupFailureCode } from "../backup/backup-words.ts";

/** 0 succeeded, 1 the run failed, 2 the command was not used rightly, 3 cannot reach or not allowed. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Codes of the command line itself, beside those of the server. */
export type CliCode =
  | ErrorCode
  | "USAGE"
  | "SERVER_UNREACHABLE"
  | "ANSWER_UNREADABLE"
  | "NOT_PAIRED"
  | "ALREADY_PAIRED"
  | "ALREADY_RUNNING"
  | "NOT_RUNNING"
  | "JOURNAL_UNREADABLE"
  | "FOLDER_UNUSABLE"
  | "POLICY_DAMAGED"
  | "NOT_POSSIBLE"
  | "CHROME_RUNNING"
  | "PORT_TAKEN"
  | "LOCK_UNREADABLE"
  | "WRONG_PROJECT"
  | "CHANGED_HERE"
  | "FILE_INCOMPLETE"
  | RunFailureCode
  | "STOPPED"
  | BackupFailureCode;

/** What went wrong in words for the person who typed the command. */
export class CliError extends Error {
  readonly code: CliCode;
  readonly exitCode: ExitCode;
  readonly whatToDo: string;
  readonly details: unknown;
  /** How long the server asks to wait, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: CliCode,
    exitCode: ExitCode,
    message: string,
    whatToDo: string,
    more: { details?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
    this.whatToDo = whatToDo;
    this.details = more.details;
    this.retryAfterMs = more.retryAfterMs;
  }
}

export function usageError(message: string, whatToDo: string, details?: unknown): CliError {
  return new CliError("USAGE", 2, message, whatToDo, { details });
}

/** Errors that the person mends by typing something else; all others mean that the server could not or would not. */
const usageCodes: readonly ErrorCode[] = [
  "INVALID_INPUT",
  "NOT_FOUND",
  "PAYLOAD_TOO_LARGE",
  "PROJECT_REQUIRED",
  "NAME_TAKEN",
  "IDEMPOTENCY_CONFLICT",
  "PROFILE_ON_OTHER_RUNNER",
  "RECORDING_INVALID",
  "RECORDING_TOO_LARGE",
  "INPUT_MISSING",
  "INPUT_UNKNOWN",
  "INPUT_WRONG_TYPE",
  "SECRET_NOT_SEALED",
];

/** A server's refusal as this command's end. */
export function serverError(
  code: ErrorCode,
  told: { message?: string; whatToDo?: string; details?: unknown; retryAfterMs?: number | undefined } = {},
): CliError {
  const words = errorWords[code];
  return new CliError(code, usageCodes.includes(code) ? 2 : 3, told.message ?? words.title, told.whatToDo ?? words.whatToDo, told);
}
