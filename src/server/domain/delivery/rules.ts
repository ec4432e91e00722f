import type { DeliveryProblem } from "@deskhand/shared/schemas/delivery";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** How long to wait after each attempt that failed, in milliseconds: 11 attempts within a day. */
const WAITS_MS = [5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, hour, 2 * hour, 4 * hour, 6 * hour, 8 * hour];

/** Each wait is changed by up to so much of itself, so that many that failed together do not come back together. */
const JITTER = 0.1;

/** An attempt that has said nothing for this long counts as lost, in milliseconds: its process is gone. */
export const ATTEMPT_LOST_MS = 60 * second;

/** A webhook that has failed without end for this long is disabled, in milliseconds. */
export const DISABLE_AFTER_MS = 3 * 24 * hour;

/** Attempts under way at once: of one process, and of those to one webhook. */
export const LANES = 8;
export const LANES_PER_WEBHOOK = 2;

/** Most deliveries that are asked for again in one call. */
export const REPLAY_AT_MOST = 1_000;

/** Problems that another attempt does not change. */
const final: ReadonlySet<DeliveryProblem> = new Set(["disabled", "secret", "mail-not-set-up", "mail-refused", "mail-too-many"]);

/**
 * When to try again.
 * @param tries attempts so far, the one that failed included
 * @param random in [0, 1)
 * @param atLeastMs what the receiver asked for
 * @returns milliseconds from now; undefined when it is given up
 */
export function nextTryMs(tries: number, problem: DeliveryProblem, random: number, atLeastMs: number | null = null): number | undefined {
  const wait = WAITS_MS[tries - 1];
  if (wait === undefined || final.has(problem)) return undefined;
  return Math.round(Math.max(wait * (1 + JITTER * (2 * random - 1)), atLeastMs ?? 0));
}

/** Has the webhook failed for too long? */
export function isHopeless(failingSince: Date, now: Date): boolean {
  return now.getTime() - failingSince.getTime() >= DISABLE_AFTER_MS;
}

/** What makes a delivery due again: with all its tries before it, under the same `webhook-id`, so that a receiver can tell a repeat. */
export function dueAgain(now: Date) {
  return { state: "pending", dueAt: now, replayedAt: now, tries: 0, problem: null, deliveredAt: null } as const;
}
