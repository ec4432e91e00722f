import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { TaskEnd, TaskHandler } from "./task.ts";

/** Puts the profile's folder with all that is in it aside, for as long as it may be asked for again, or removes it at once. */
export const deleteProfile: TaskHandler<"profile.delete"> = ({ profileId, keepMs = 0 }, { home, profiles, clock }): TaskEnd => {
  // the id was parsed as a UUID, so that the path stays inside the folder
  const folder = path.join(home.profilesFolder, profileId);
  const aside = path.join(home.deletedProfilesFolder, profileId);
  if (keepMs === 0) {
    rmSync(folder, { recursive: true, force: true });
    rmSync(aside, { recursive: true, force: true });
    profiles.forget(profileId);
    return { state: "succeeded" };
  }
  profiles.markDeleted(profileId, clock() + keepMs);
  if (existsSync(folder)) {
    mkdirSync(home.deletedProfilesFolder, { recursive: true, mode: 0o700 });
    rmSync(aside, { recursive: true, force: true });
    renameSync(folder, aside);
  }
  return { state: "succeeded" };
};
