import type { TaskEnd, TaskHandler } from "./task.ts";

/** Makes a backup now, or verifies; when one is under way, it is that one. The result is how backups stand then. */
export const runBackup: TaskHandler<"backup.run"> = async ({ action }, { backups, signal }): Promise<TaskEnd> => {
  if ((await backups.facts()) === null) return { state: "failed", failureCode: "BACKUP_NOT_SET_UP" };
  const failureCode = await backups.run(action, signal);
  const result = { backup: await backups.facts() };
  return failureCode === null ? { state: "succeeded", result } : { state: "failed", failureCode, result };
};
