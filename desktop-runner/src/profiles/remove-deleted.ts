import { rmSync } from "node:fs";
import path from "node:path";
import type { RunnerHome } from "../identity/home.ts";
import type { ProfileTable } from "./profile-table.ts";

/** Removes for good the profiles that nobody asked for again in time. `now` in milliseconds since the epoch. @throws when the disk does */
export function removeDeletedProfiles(home: RunnerHome, profiles: ProfileTable, now: number): void {
  for (const profileId of profiles.toPurge(now)) {
    rmSync(path.join(home.deletedProfilesFolder, profileId), { recursive: true, force: true });
    profiles.forget(profileId);
  }
}
