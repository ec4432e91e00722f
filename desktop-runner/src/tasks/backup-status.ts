import type { TaskEnd, TaskHandler } from "./task.ts";

/** How backups stand; null when none is set up. */
export const backupStatus: TaskHandler<"backup.status"> = async (_payload, { backups }): Promise<TaskEnd> => ({
  state: "succeeded",
  result: { backup: await backups.facts() },
});
