import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { loadProfileState, lockProfile, saveProfileState } from "../browser/profile-store.ts";
import type { TaskEnd, TaskHandler } from "./task.ts";

/**
 * Puts a deleted profile's folder back where it was. What was saved of it since is its newest state. PROFILE_GONE when its time was over, or
 * the runner never heard of its deletion; PROFILE_BUSY while somebody has the folder that has come in its place.
 */
export const restoreProfile: TaskHandler<"profile.restore"> = async ({ profileId }, { home, profiles }): Promise<TaskEnd> => {
  const folder = path.join(home.profilesFolder, profileId);
  const aside = path.join(home.deletedProfilesFolder, profileId);
  // done before, and begun again after a restart
  if (!profiles.isDeleted(profileId)) {
    return profiles.has(profileId) || existsSync(folder) ? { state: "succeeded" } : { state: "failed", failureCode: "PROFILE_GONE" };
  }
  if (existsSync(aside)) {
    if (existsSync(folder)) {
      const lock = await lockProfile(folder);
      if (!lock) return { state: "failed", failureCode: "PROFILE_BUSY" };
      try {
        const { state } = await loadProfileState(folder);
        if (state) await saveProfileState(aside, state);
        rmSync(folder, { recursive: true, force: true });
      } finally {
        await lock.release();
      }
    }
    renameSync(aside, folder);
  }
  profiles.unmarkDeleted(profileId);
  return { state: "succeeded" };
};
