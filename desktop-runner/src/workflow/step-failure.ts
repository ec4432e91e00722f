import { describeRunFailure, type RunFailureCode, type RunFailureParams } from "@deskhand/shared/schemas/run-failure";
import type { FailedSearch } from "./run-services.ts";
import type { KnownOfFailure } from "./step-scope.ts";

/** Why a step could not be done. The message is made of the recording's own words only: no page content and no input. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  readonly code: RunFailureCode;
  readonly params: RunFailureParams;
  /** Where a step looked for its element in vain. */
  search?: FailedSearch;
  /** The document says that the run goes on after it, unless the step says otherwise. */
  mayGoOn?: boolean;

  constructor(code: RunFailureCode, params: RunFailureParams = {}) {
    super(describeRunFailure(code, params).title);
    this.code = code;
    this.params = params;
  }
}

const networkWords: Record<string, string> = {
  ERR_CONNECTION_REFUSED: "the connection was refused",
  ERR_SOCKS_CONNECTION_FAILED: "the connection failed",
  ERR_NAME_NOT_RESOLVED: "the name was not found",
  ERR_INTERNET_DISCONNECTED: "the computer or the page is offline",
  ERR_CONNECTION_TIMED_OUT: "the connection timed out",
  ERR_TIMED_OUT: "the connection timed out",
  ERR_CONNECTION_RESET: "the connection was reset",
  ERR_CONNECTION_CLOSED: "the connection was closed",
  ERR_EMPTY_RESPONSE: "the server sent no answer",
  ERR_ADDRESS_UNREACHABLE: "the address cannot be reached",
  ERR_UNSAFE_PORT: "browsers do not open this port",
  ERR_TOO_MANY_REDIRECTS: "it redirects without end",
  ERR_INVALID_URL: "the address is not valid",
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "the name was not found",
  EAI_AGAIN: "the name could not be looked up",
  ETIMEDOUT: "the connection timed out",
  ECONNRESET: "the connection was reset",
  EHOSTUNREACH: "the address cannot be reached",
  ENETUNREACH: "the address cannot be reached",
  ERR_ABORTED: "the page stopped loading (it may be a download)",
};

/**
 * Turns whatever Playwright threw while opening an address into a failure, without the address. `known` is what the way out knows of
 * the connection: the browser sees only that its proxy did not get through, or that nothing comes.
 */
export function navigationFailure(error: unknown, timeoutMs: number, known: Omit<KnownOfFailure, "refusal"> = {}): StepFailure {
  const { trouble, late, proxyMs } = known;
  const message = messageOf(error);
  const seen = /net::(ERR_[A-Z_]+)/.exec(message)?.[1];
  const net = seen?.startsWith("ERR_SOCKS_") && trouble ? trouble : seen;
  const isSlow = isTimeout(error) || /TIMED_?OUT$/.test(net ?? "");
  if (isSlow && late) return late;
  if (net) return new StepFailure("NAVIGATION_FAILED", { reason: networkWords[net] ?? net });
  if (isSlow) {
    const ofProxy = proxyMs === undefined ? "" : `; its proxy took ${(proxyMs / 1000).toFixed(1)} s to connect`;
    return new StepFailure("NAVIGATION_FAILED", { reason: `not loaded within ${timeoutMs / 1000} s${ofProxy}` });
  }
  if (/invalid URL|Protocol error \(Page\.navigate\)/i.test(message)) {
    return new StepFailure("NAVIGATION_FAILED", { reason: "the address is not valid" });
  }
  return generalFailure(error, timeoutMs);
}

/** The failure for an error that no step knows better. */
export function generalFailure(error: unknown, timeoutMs: number): StepFailure {
  if (error instanceof StepFailure) return error;
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOSPC") return new StepFailure("RUNNER_DISK_FULL");
  const message = messageOf(error);
  if (/crashed/i.test(message)) return new StepFailure("PAGE_CRASHED");
  if (/has been closed|Target closed|page closed|frame was detached/i.test(message)) return new StepFailure("PAGE_CLOSED");
  if (isTimeout(error)) return new StepFailure("STEP_TIMEOUT", { seconds: timeoutMs / 1000 });
  return new StepFailure("INTERNAL");
}

export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
