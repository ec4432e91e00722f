import type { DeploymentSchedule } from "../schemas/deployment.ts";

/** `failed`: its runner does not have it, and a code says why. `done`: its only time is over. */
export const standings = ["installing", "active", "pausing", "resuming", "ending", "paused", "failed", "done", "ended"] as const;
export type Standing = (typeof standings)[number];

const askedFor = { pause: "pausing", resume: "resuming", remove: "ending" } as const;

/** How a schedule stands at `now`, in milliseconds since the epoch. What was asked of its runner is not so before that has done it. */
export function standingOf(schedule: DeploymentSchedule, now: number): Standing {
  const { asked, removedAt, failureCode, installedAt, pausedAt } = schedule;
  if (removedAt) return "ended";
  if (asked && asked.failureCode === null) return askedFor[asked.what];
  if (failureCode) return "failed";
  if (!installedAt) return "installing";
  if (pausedAt) return "paused";
  return hasPassed(schedule, now) ? "done" : "active";
}

/** Its runner begins what comes: also while it is asked to pause or to end it. */
export function isFiring(schedule: DeploymentSchedule, now: number): boolean {
  const standing = standingOf(schedule, now);
  if (standing === "active") return true;
  const { installedAt, pausedAt } = schedule;
  return ["pausing", "resuming", "ending"].includes(standing) && installedAt !== null && pausedAt === null && !hasPassed(schedule, now);
}

/** Its only time, with its jitter, is over. */
function hasPassed({ when, jitterSeconds }: DeploymentSchedule, now: number): boolean {
  return when.kind === "once" && Date.parse(when.at) + jitterSeconds * 1000 <= now;
}
