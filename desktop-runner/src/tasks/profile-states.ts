import path from "node:path";
import { listProfileStates, ProfileBusy, restoreProfileState } from "../browser/profile-store.ts";
import type { TaskEnd, TaskHandler } from "./task.ts";

export const listStates: TaskHandler<"profile.states"> = async ({ profileId }, { home }): Promise<TaskEnd> => {
  return { state: "succeeded", result: { states: await listProfileStates(path.join(home.profilesFolder, profileId)) } };
};

/** PROFILE_BUSY while somebody uses it, PROFILE_GONE when that version is not kept any more. Done twice it leaves the same as done once. */
export const restoreState: TaskHandler<"profile.restore-state"> = async (
  { profileId, version },
  { home, profiles, clock },
): Promise<TaskEnd> => {
  try {
    const restored = await restoreProfileState(path.join(home.profilesFolder, profileId), version);
    if (!restored) return { state: "failed", failureCode: "PROFILE_GONE" };
    profiles.noteSaved(profileId, restored.savedAt ?? clock(), restored.bytes);
    // that the newest was unreadable is settled: a person chose
    profiles.dropFlags(profileId, ["state-restored"]);
    return { state: "succeeded", result: { version: restored.version } };
  } catch (error) {
    if (error instanceof ProfileBusy) return { state: "failed", failureCode: "PROFILE_BUSY" };
    throw error;
  }
};
