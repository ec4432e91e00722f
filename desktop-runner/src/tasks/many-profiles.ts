import { deleteIfFree } from "./delete-profile.ts";
import { restoreProfile } from "./restore-profile.ts";
import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

/** As for one profile, one after the other; those that are in use stay, and are named. */
export const deleteProfiles: TaskHandler<"profiles.delete"> = ({ profileIds, ...rest }, context) =>
  forEach(profileIds, context, (profileId) => deleteIfFree({ ...rest, profileId }, context));

export const restoreProfiles: TaskHandler<"profiles.restore"> = ({ profileIds, ...rest }, context) =>
  forEach(profileIds, context, (profileId) => restoreProfile({ ...rest, profileId }, context));

/** The first reason for which one failed ends it as failed; the others are done all the same. Cancelled, those that were left count as failed. */
async function forEach(
  profileIds: string[],
  { signal }: TaskContext,
  doOne: (profileId: string) => Promise<TaskEnd> | TaskEnd,
): Promise<TaskEnd> {
  const failed: string[] = [];
  let failureCode = "";
  for (const profileId of profileIds) {
    const end: TaskEnd = signal.aborted ? { state: "failed", failureCode: "CANCELLED" } : await doOne(profileId);
    if (end.state === "succeeded") continue;
    failed.push(profileId);
    failureCode ||= end.failureCode;
  }
  const result = { done: profileIds.length - failed.length, failed };
  return failed.length > 0 ? { state: "failed", failureCode, result } : { state: "succeeded", result };
}
