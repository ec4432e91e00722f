import { deleteProfile } from "./delete-profile.ts";
import { restoreProfile } from "./restore-profile.ts";
import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

/** As for one profile, one after the other. */
export const deleteProfiles: TaskHandler<"profiles.delete"> = ({ profileIds, ...rest }, context) =>
  forEach(profileIds, context, (profileId) => deleteProfile({ ...rest, profileId }, context));

export const restoreProfiles: TaskHandler<"profiles.restore"> = ({ profileIds, ...rest }, context) =>
  forEach(profileIds, context, (profileId) => restoreProfile({ ...rest, profileId }, context));

/** The first reason for which one failed ends it as failed; the others are done all the same. */
async function forEach(
  profileIds: string[],
  { signal }: TaskContext,
  doOne: (profileId: string) => Promise<TaskEnd> | TaskEnd,
): Promise<TaskEnd> {
  const failed: string[] = [];
  let failureCode = "";
  for (const profileId of profileIds) {
    if (signal.aborted) return { state: "failed", failureCode: "CANCELLED" };
    const end = await doOne(profileId);
    if (end.state === "succeeded") continue;
    failed.push(profileId);
    failureCode ||= end.failureCode;
  }
  const result = { done: profileIds.length - failed.length, failed };
  return failed.length > 0 ? { state: "failed", failureCode, result } : { state: "succeeded", result };
}
