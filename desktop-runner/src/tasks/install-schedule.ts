import { readTimes } from "@deskhand/shared/schedule/times";
import type { TaskEnd, TaskHandler } from "./task.ts";

/** Has a deployment run by itself from here on. */
export const installSchedule: TaskHandler<"schedule.install"> = (definition, { schedules, clock }): TaskEnd => {
  const now = clock();
  // what this computer's time zones do not know would never come
  if (!readTimes(definition.schedule.when, now).ok) return { state: "failed", failureCode: "TASK_INVALID" };
  schedules.table.install(definition, now);
  schedules.look();
  return { state: "succeeded" };
};
