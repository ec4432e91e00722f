import type { PolicyReport } from "@deskhand/shared/protocol/policy";
import type { RefusalReason } from "./network-policy.ts";
import { isNothingAllowed, type LoadedPolicy, startingPolicy } from "./policy-file.ts";
import { quietUntil } from "./quiet-hours.ts";
import { noTightening, type Tightening } from "./tightening.ts";

/** Whether runs begin now. `until` is the end of the quiet hours, milliseconds since the epoch. */
export type Readiness = { state: "ready" } | { state: "paused"; by: "device" | "project" } | { state: "quiet"; until: number };

/**
 * Do the policy, and what the project asked beyond it, let runs begin now? A policy that cannot be read holds none back: they are refused
 * instead, which their owner sees.
 */
export function readinessOf(loaded: LoadedPolicy, now: number, tightening: Pick<Tightening, "paused"> = noTightening): Readiness {
  const { paused, quietHours } = loaded.ok ? loaded.policy : startingPolicy;
  if (paused) return { state: "paused", by: "device" };
  if (tightening.paused) return { state: "paused", by: "project" };
  const until = quietUntil(quietHours, now);
  return until === undefined ? { state: "ready" } : { state: "quiet", until };
}

/** Is nothing done that was not signed? A policy that cannot be read demands it. */
export function areSignaturesRequired(loaded: LoadedPolicy): boolean {
  return !loaded.ok || loaded.policy.signatures === "required";
}

/** The longest that quiet hours are told to last, milliseconds. */
const longestQuietMs = 365 * 24 * 60 * 60_000;

/** What the server is told of the policy: whether runs begin, not what it allows. */
export function policyState(loaded: LoadedPolicy, now: number): Omit<PolicyReport, "v" | "refusals" | "signing"> {
  const readiness = readinessOf(loaded, now);
  return {
    paused: readiness.state === "paused",
    quietUntil: readiness.state === "quiet" ? Math.min(readiness.until, now + longestQuietMs) : null,
    damaged: !loaded.ok,
    empty: isNothingAllowed(loaded),
  };
}

/** Why this person's command is not carried out; undefined when it is. `userId` is what the server said of who asked. */
export function refuseCommand(loaded: LoadedPolicy, userId: string | undefined): RefusalReason | undefined {
  if (!loaded.ok) return { kind: "damaged", rule: "the policy cannot be read", subject: "policy" };
  const { members } = loaded.policy;
  if (members === "everyone" || (userId && members.includes(userId))) return undefined;
  return {
    kind: "member",
    rule: members.length === 0 ? "members none" : `members ${members.length} named`,
    subject: userId ?? "nobody named",
  };
}

/** Who asked for a command, as its payload says; undefined when it does not. */
export function requesterOf(payload: unknown): string | undefined {
  const userId = (payload as { requestedBy?: { userId?: unknown } } | undefined)?.requestedBy?.userId;
  return typeof userId === "string" ? userId : undefined;
}
