import { existsSync } from "node:fs";
import path from "node:path";
import { listProfileStates } from "../browser/profile-store.ts";
import type { TaskEnd, TaskHandler } from "./task.ts";

/**
 * Looks whether this runner has the profile, and keeps what it is like: from here on it is this one's. PROFILE_GONE when nothing of it is
 * here, or only what was deleted; PROFILE_STATE_CORRUPT when none of what is here can be read.
 */
export const claimProfile: TaskHandler<"profile.claim"> = async (
  { profileId, revision, settings },
  { home, profiles, clock },
): Promise<TaskEnd> => {
  const folder = path.join(home.profilesFolder, profileId);
  const userData = path.join(folder, "user-data");
  if (!existsSync(folder)) return { state: "failed", failureCode: "PROFILE_GONE" };
  const [newest] = await listProfileStates(folder);
  if (!newest && !existsSync(userData)) {
    return { state: "failed", failureCode: existsSync(path.join(folder, "state.json")) ? "PROFILE_STATE_CORRUPT" : "PROFILE_GONE" };
  }
  // it was this one's once, went away, and came back from a backup
  profiles.unmarkDeleted(profileId);
  if (revision > 0) profiles.configure([{ profileId, revision, settings }]);
  if (newest) profiles.noteSaved(profileId, newest.savedAt ?? clock(), newest.bytes);
  const { holder: _, ...facts } = profiles.facts(profileId);
  return { state: "succeeded", result: facts };
};
