import { type ErrorCode, isErrorCode } from "@deskhand/shared/error-codes";
import { errorWords } from "@deskhand/shared/error-words";

export type Words = {
  /** What happened, in one sentence. */
  title: string;
  /** What the person can do next. */
  whatToDo: string;
  /** The server's code; null when the server was not reached or said nothing we know. */
  code: ErrorCode | null;
  details: unknown;
};

const unreachable: Words = {
  title: "Deskhand cannot be reached.",
  whatToDo: "Check your connection and that the server is running; then try again.",
  code: null,
  details: null,
};

/** One sentence for a code that was kept; the code itself when it is not known. */
export function wordsOfRefusal(code: string): string {
  return isErrorCode(code) ? errorWords[code].title : code;
}

/**
 * Turns whatever a call to the server threw into words. The only place that does: pages show `title` and `whatToDo`.
 * A sentence of the server's own (`userMessage`) replaces the code's title because it is more exact.
 */
export function wordsFor(error: unknown): Words {
  const own = field(error, "words");
  if (isWords(own)) return { ...own, code: null, details: null };
  return wordsOfCode(error);
}

function isWords(value: unknown): value is Pick<Words, "title" | "whatToDo"> {
  return typeof field(value, "title") === "string" && typeof field(value, "whatToDo") === "string";
}

function wordsOfCode(error: unknown): Words {
  const data = field(error, "data");
  const code = field(data, "appCode");
  if (!isErrorCode(code)) return unreachable;
  const own = field(data, "userMessage");
  const words = errorWords[code];
  return {
    title: typeof own === "string" && own !== "" ? own : words.title,
    whatToDo: code === "RATE_LIMITED" ? tryAgainIn(field(data, "retryAfterSeconds"), words.whatToDo) : words.whatToDo,
    code,
    details: field(data, "details") ?? null,
  };
}

/** What the server answers once, it answers again to the same question. */
const lasting = new Set<ErrorCode | null>(["NOT_FOUND", "FORBIDDEN", "SCOPE_MISSING", "INVALID_INPUT", "ARTIFACT_GONE"]);

/** May the same question get another answer? */
export function mayHelp({ code }: Pick<Words, "code">): boolean {
  return !lasting.has(code);
}

/** The words for a bare code, for example one that a redirect carries. */
export function wordsForCode(code: ErrorCode, retryAfterSeconds?: number): Words {
  return wordsFor({ data: { appCode: code, retryAfterSeconds } });
}

function tryAgainIn(seconds: unknown, otherwise: string): string {
  if (typeof seconds !== "number" || seconds <= 0) return otherwise;
  if (seconds < 90) return `Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.`;
  return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
