import { resumeSchedule } from "../schedules/resume-schedule.ts";
import type { TaskEnd, TaskHandler } from "./task.ts";

/** What comes while it is paused is passed over, and told when it goes on. SCHEDULE_GONE when the runner has no such schedule. */
export const pauseSchedule: TaskHandler<"schedule.pause"> = ({ deploymentId, paused }, { schedules, clock }): TaskEnd => {
  const { table } = schedules;
  const isKnown = paused ? table.pause(deploymentId) : resumeSchedule(table, deploymentId, clock());
  if (!isKnown) return { state: "failed", failureCode: "SCHEDULE_GONE" };
  schedules.look();
  return { state: "succeeded" };
};

/** Nothing begins by itself any more; runs that have begun go on. SUCCESSOR_MISSING when what was to take its place is not here: it stays. */
export const removeSchedule: TaskHandler<"schedule.remove"> = ({ deploymentId, successorId }, { schedules }): TaskEnd => {
  if (successorId !== undefined && !schedules.table.definition(successorId)) return { state: "failed", failureCode: "SUCCESSOR_MISSING" };
  schedules.table.remove(deploymentId);
  schedules.look();
  return { state: "succeeded" };
};
