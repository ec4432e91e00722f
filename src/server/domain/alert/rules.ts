import type { RunCounts } from "@deskhand/shared/schemas/alert";

/** A deployment that still goes on is told of this long after its first run failed, in milliseconds. */
export const TELL_EARLY_AFTER_MS = 5 * 60_000;

/** Alerts and their deliveries are kept this long, in milliseconds. */
export const KEEP_ALERTS_MS = 30 * 24 * 60 * 60_000;

/** A runner that has been away for longer is no news, in milliseconds: it left before anybody watched. */
export const SILENCE_IS_NEWS_MS = 48 * 60 * 60_000;

/** The server must have been there for this long before it calls a runner silent, in milliseconds: after its own absence they come back first. */
export const LISTEN_FIRST_MS = 5 * 60_000;

/** Rules of a project. */
export const MAX_ALERT_RULES = 50;

type Told = { firstFailedAt: Date; toldAt: Date | null; toldFailures: number };

/** How many runs ended badly. */
export function failuresOf(runs: Pick<RunCounts, "failed" | "expired">): number {
  return runs.failed + runs.expired;
}

/**
 * What to do about a deployment of which runs failed. One alert for all of them: at its end, or `early` when it still goes on five
 * minutes after the first failure. After an early one there is one more at its end, when more failed meanwhile.
 */
export function judgeFailures(told: Told, runs: RunCounts, now: Date): "wait" | "early" | "end" | "forget" {
  if (runs.active === 0) return failuresOf(runs) > told.toldFailures ? "end" : "forget";
  const due = told.toldAt === null && now.getTime() - told.firstFailedAt.getTime() >= TELL_EARLY_AFTER_MS;
  return due ? "early" : "wait";
}
