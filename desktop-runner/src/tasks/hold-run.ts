import type { TaskEnd, TaskHandler } from "./task.ts";

/** Done when the page takes what the person does; that the run itself waits is told to who watches. */
export const holdRun: TaskHandler<"run.hold"> = ({ runId, key }, { holds, commandId }): TaskEnd => {
  const failureCode = holds.begin({ runId, holdId: commandId, key });
  return failureCode === undefined ? { state: "succeeded" } : { state: "failed", failureCode };
};
