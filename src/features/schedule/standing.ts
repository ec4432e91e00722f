import { readTimes } from "@deskhand/shared/schedule/times";
import type { DeploymentSchedule } from "@deskhand/shared/schemas/deployment";
import type { Tone } from "@/components/status-badge";

export type Standing = {
  label: string;
  tone: Tone;
  /** Its runner begins what comes. */
  fires: boolean;
  /** Nothing comes of it any more. */
  isOver: boolean;
};

/** Ends without a word from the runner: that it refused says too much. */
const unheard = ["COMMAND_EXPIRED", "RUNNER_LOST", "RUNNER_REVOKED", "CANCELLED", "CANCEL_UNCONFIRMED"];
const askedWords = { pause: "Pausing", resume: "Resuming", remove: "Ending" } as const;

/** How a schedule stands, in a word; `now` in milliseconds since the epoch. What was asked of its runner is not so before that has done it. */
export function standingOf(schedule: DeploymentSchedule, now: number): Standing {
  const { removedAt, failureCode, installedAt, pausedAt } = schedule;
  const standing = (label: string, tone: Tone, is: Partial<Standing> = {}) => ({ label, tone, fires: false, isOver: false, ...is });
  if (removedAt) return standing("Ended", "idle", { isOver: true });
  const asked = underWay(schedule);
  const isDone = hasPassed(schedule, now);
  if (asked) return standing(askedWords[asked], "busy", { fires: installedAt !== null && pausedAt === null && !isDone });
  if (failureCode) return standing(unheard.includes(failureCode) ? "Not on the runner" : "Refused by the runner", "bad");
  if (!installedAt) return standing("On its way to the runner", "busy");
  if (pausedAt) return standing("Paused", "wait");
  if (isDone) return standing("Done", "idle", { isOver: true });
  return standing("Active", "good", { fires: true });
}

/** What its runner was asked and has not answered yet. */
export function underWay({ asked }: DeploymentSchedule): keyof typeof askedWords | undefined {
  return asked && asked.failureCode === null ? asked.what : undefined;
}

/** The next time of one that fires, in milliseconds since the epoch; undefined when none comes, or nobody knows when. */
export function nextTimeOf(deployment: { createdAt: string; schedule: DeploymentSchedule }, now: number): number | undefined {
  const { schedule, createdAt } = deployment;
  if (!standingOf(schedule, now).fires) return undefined;
  const read = readTimes(schedule.when, Date.parse(schedule.installedAt ?? createdAt));
  return read.ok ? read.times.after(now) : undefined;
}

/** Its only time, with its jitter, is over. */
function hasPassed({ when, jitterSeconds }: DeploymentSchedule, now: number): boolean {
  return when.kind === "once" && Date.parse(when.at) + jitterSeconds * 1000 <= now;
}
