import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

/** Opens the profile, or wakes it, and leaves it open: done when it can be used. One that is open already is brought no second time. */
export const openProfile: TaskHandler<"profile.open"> = async (
  { profileId, window, url },
  { commandId, profiles, sessions, signal },
): Promise<TaskEnd> => {
  if (profiles.isDeleted(profileId)) return { state: "failed", failureCode: "PROFILE_GONE" };
  const failureCode = await sessions.open({ sessionId: commandId, profileId, window, ...(url !== undefined && { url }) }, signal);
  return failureCode === undefined ? { state: "succeeded" } : { state: "failed", failureCode };
};

/** Done when the window, session or connection that has it is closed and its state is saved; also when nobody had it open. */
export const closeProfile: TaskHandler<"profile.close"> = async ({ profileId }, context): Promise<TaskEnd> => {
  await close(profileId, context);
  return { state: "succeeded" };
};

async function close(profileId: string, { sessions, connections }: TaskContext): Promise<void> {
  await Promise.all([sessions.close(profileId), connections.close(profileId)]);
}

/** Opens each, several at a time and in turn with other tasks; what there is no memory for hibernates. Each failure is told by itself. */
export const openProfiles: TaskHandler<"profiles.open"> = async ({ profileIds, requestedBy }, { sessions, signal }): Promise<TaskEnd> => {
  // one person's tasks are carried out as they came, and in turn with those of others
  const key = requestedBy?.userId ?? "";
  const failed: { id: string; code: string }[] = [];
  let hibernating = 0;
  const open = async (id: string) => {
    const started = await sessions.start(id, key, signal);
    if ("failureCode" in started) failed.push({ id, code: started.failureCode });
    else if (started.state === "hibernating") hibernating++;
  };
  await Promise.all(profileIds.map(open));
  const result = { done: profileIds.length - failed.length, hibernating, failed };
  const [first] = failed;
  return first ? { state: "failed", failureCode: first.code, result } : { state: "succeeded", result };
};

/** Closes each, as for one profile. */
export const closeProfiles: TaskHandler<"profiles.close"> = async ({ profileIds }, context): Promise<TaskEnd> => {
  for (const profileId of profileIds) await close(profileId, context);
  return { state: "succeeded", result: { done: profileIds.length, hibernating: 0, failed: [] } };
};
