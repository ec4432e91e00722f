import type { ErrorCode } from "../error-codes.ts";

/** Codes of the client itself, beside those of the server. */
export type ClientCode = ErrorCode | "SERVER_UNREACHABLE" | "ANSWER_UNREADABLE" | "GAVE_UP";

type More = {
  whatToDo?: string | undefined;
  details?: unknown;
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
};

/** Why a call had no good answer. Decide by `code`, which is stable; `message` is for people. */
export class DeskhandError extends Error {
  override readonly name = "DeskhandError";
  readonly code: ClientCode;
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly whatToDo: string | undefined;
  /** Facts that belong to the code, for example which step of a recording is wrong. */
  readonly details: unknown;
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;
  /** How long the server asks to wait, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ClientCode, status: number, message: string, more: More = {}) {
    super(message, { cause: more.cause });
    this.code = code;
    this.status = status;
    this.whatToDo = more.whatToDo;
    this.details = more.details;
    this.requestId = more.requestId;
    this.retryAfterMs = more.retryAfterMs;
  }
}
