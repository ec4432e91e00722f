import type { ErrorCode } from "@deskhand/shared/error-codes";
import type { CommandState } from "@deskhand/shared/schemas/run";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";

/** A lease holds this long without a heartbeat, in milliseconds. */
export const LEASE_MS = 30_000;

/** Most commands that one runner has under way at once (leased, accepted or running). */
export const COMMAND_WINDOW = 64;

/** Most events in one message. */
export const EVENT_WINDOW = 200;

/** A command whose runner has been away for this long after the deadline is given up, in milliseconds. */
export const LOST_AFTER_MS = 24 * 60 * 60_000;

/** A command that its connected runner has not named for this long is not in the runner's journal any more, in milliseconds. */
export const FORGOTTEN_AFTER_MS = 15 * 60_000;

/** The order in which a command moves; it never moves back, and an end is for good. */
const next: Record<CommandState, readonly CommandState[]> = {
  queued: ["leased", "cancelled", "expired", "failed"],
  leased: ["accepted", "cancelled", "expired", "failed"],
  accepted: ["running", "succeeded", "cancelled", "expired", "failed"],
  running: ["succeeded", "cancelled", "expired", "failed"],
  succeeded: [],
  failed: [],
  cancelled: [],
  expired: [],
};

/** May a command change from one state to the other? */
export function mayChange(from: CommandState, to: CommandState): boolean {
  return next[from].includes(to);
}

/**
 * The states to pass through from one to the other, the last included; undefined when there is no way. A runner's report may come
 * before the acceptance that it implies (its answer was lost): the history still shows each state.
 */
export function pathBetween(from: CommandState, to: CommandState): CommandState[] | undefined {
  if (mayChange(from, to)) return [to];
  if (from === "leased" && mayChange("accepted", to)) return ["accepted", to];
  return undefined;
}

/**
 * How an answer's lease token stands to the command. `current` and `previous` are the runner's own deliveries; both are good for an
 * acceptance, because the runner journals a command by its id and not by its lease. Anything else is `stale`.
 */
export function judgeToken(
  command: { leaseToken: string | null; previousLeaseToken: string | null },
  token: string,
): "current" | "previous" | "stale" {
  if (command.leaseToken === token) return "current";
  return command.previousLeaseToken === token ? "previous" : "stale";
}

/** What the runner said at the end, as the command's end: a start that came too late is an expiry, or the cancel that was asked. */
export function endOf(
  reported: { state: "succeeded" | "failed" | "cancelled"; failureCode: string | null },
  cancelRequested: boolean,
): { state: CommandState; failureCode: string | null } {
  if (reported.state === "failed" && reported.failureCode === "COMMAND_EXPIRED") {
    return cancelRequested ? { state: "cancelled", failureCode: "CANCELLED" } : { state: "expired", failureCode: "COMMAND_EXPIRED" };
  }
  if (reported.state === "cancelled") return { state: "cancelled", failureCode: reported.failureCode ?? "CANCELLED" };
  return { state: reported.state, failureCode: reported.state === "succeeded" ? null : (reported.failureCode ?? "INTERNAL") };
}

/** A refusal by the runner: `later` when the same command may be delivered again, else why it can never be carried out. */
export function judgeRefusal(code: ErrorCode): "later" | RunFailureCode {
  switch (code) {
    case "RATE_LIMITED":
    case "LEASE_STALE":
    case "DATABASE_UNAVAILABLE":
    case "RUNNER_TIMEOUT":
    case "INTERNAL":
      return "later";
    case "RECORDING_INVALID":
    case "RECORDING_TOO_LARGE":
      return "STEP_INVALID";
    case "INPUT_MISSING":
    case "INPUT_UNKNOWN":
    case "INPUT_WRONG_TYPE":
    case "SECRET_NOT_SEALED":
      return "INPUT_INVALID";
    case "PROFILE_IN_USE":
      return "PROFILE_BUSY";
    default:
      return "INTERNAL";
  }
}

/**
 * Which of the events that arrived are new, when `stored` is the last that is applied: those from index `skip` on.
 * `gap` when events are missing in between: nothing is applied, and the runner sends again from `stored` + 1.
 */
export function newEvents(
  stored: number,
  firstSeq: number,
  count: number,
): { kind: "gap" } | { kind: "known" } | { kind: "new"; skip: number } {
  if (firstSeq > stored + 1) return { kind: "gap" };
  const skip = stored + 1 - firstSeq;
  return skip >= count ? { kind: "known" } : { kind: "new", skip };
}
