import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { TaskEnd, TaskHandler } from "./task.ts";

/** Puts a deleted profile's folder back where it was. PROFILE_GONE when its time was over, or the runner never heard of its deletion. */
export const restoreProfile: TaskHandler<"profile.restore"> = ({ profileId }, { home, profiles }): TaskEnd => {
  const folder = path.join(home.profilesFolder, profileId);
  const aside = path.join(home.deletedProfilesFolder, profileId);
  // done before, and begun again after a restart
  if (!profiles.isDeleted(profileId)) {
    return profiles.has(profileId) || existsSync(folder) ? { state: "succeeded" } : { state: "failed", failureCode: "PROFILE_GONE" };
  }
  if (existsSync(aside)) {
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
  }
  profiles.unmarkDeleted(profileId);
  return { state: "succeeded" };
};
