import { isFiring, standingOf as stateOf } from "@deskhand/shared/schedule/standing";
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

const words: Record<Exclude<ReturnType<typeof stateOf>, "failed">, [string, Tone]> = {
  installing: ["On its way to the runner", "busy"],
  active: ["Active", "good"],
  pausing: ["Pausing", "busy"],
  resuming: ["Resuming", "busy"],
  ending: ["Ending", "busy"],
  paused: ["Paused", "wait"],
  done: ["Done", "idle"],
  ended: ["Ended", "idle"],
};

/** How a schedule stands, in a word; `now` in milliseconds since the epoch. */
export function standingOf(schedule: DeploymentSchedule, now: number): Standing {
  const state = stateOf(schedule, now);
  const isUnheard = unheard.includes(schedule.failureCode ?? "");
  const [label, tone] = state === "failed" ? ([isUnheard ? "Not on the runner" : "Refused by the runner", "bad"] as const) : words[state];
  return { label, tone, fires: isFiring(schedule, now), isOver: state === "ended" || state === "done" };
}

/** What its runner was asked and has not answered yet. */
export function underWay({ asked }: DeploymentSchedule): NonNullable<DeploymentSchedule["asked"]>["what"] | undefined {
  return asked && asked.failureCode === null ? asked.what : undefined;
}

/** It is paused, or its runner was asked to pause it. */
export function isAskedToPause(schedule: DeploymentSchedule): boolean {
  const asked = underWay(schedule);
  return asked === "pause" || (schedule.pausedAt !== null && asked !== "resume");
}

/** The next time of one that fires, in milliseconds since the epoch; undefined when none comes, or nobody knows when. */
export function nextTimeOf(deployment: { createdAt: string; schedule: DeploymentSchedule }, now: number): number | undefined {
  const { schedule, createdAt } = deployment;
  if (!standingOf(schedule, now).fires) return undefined;
  const read = readTimes(schedule.when, Date.parse(schedule.installedAt ?? createdAt));
  return read.ok ? read.times.after(now) : undefined;
}
