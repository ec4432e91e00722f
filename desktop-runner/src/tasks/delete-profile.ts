import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { lockProfile } from "../browser/profile-store.ts";
import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

/**
 * Puts the profile's folder with all that is in it aside, for as long as it may be asked for again, or removes it at once. A session that
 * nobody in particular uses is closed for it. PROFILE_BUSY while somebody else has it.
 */
export const deleteProfile: TaskHandler<"profile.delete"> = async (payload, context): Promise<TaskEnd> => {
  await context.sessions.close(payload.profileId);
  return takeAway(payload, context);
};

/** As {@link deleteProfile}; PROFILE_BUSY also while a session is open on it, or a run waits or is under way: of many, none is waited for. */
export function deleteIfFree(
  payload: { profileId: string; keepMs?: number | undefined },
  context: TaskContext,
): Promise<TaskEnd> | TaskEnd {
  return context.profiles.isInUse(payload.profileId) ? busy : takeAway(payload, context);
}

const busy: TaskEnd = { state: "failed", failureCode: "PROFILE_BUSY" };

async function takeAway(
  { profileId, keepMs = 0 }: { profileId: string; keepMs?: number | undefined },
  { home, profiles, clock }: TaskContext,
): Promise<TaskEnd> {
  // the id was parsed as a UUID, so that the path stays inside the folder
  const folder = path.join(home.profilesFolder, profileId);
  const aside = path.join(home.deletedProfilesFolder, profileId);
  const isThere = existsSync(folder);
  const lock = isThere ? await lockProfile(folder) : undefined;
  if (isThere && !lock) return busy;
  try {
    if (keepMs === 0) {
      rmSync(folder, { recursive: true, force: true });
      rmSync(aside, { recursive: true, force: true });
      profiles.forget(profileId);
      return { state: "succeeded" };
    }
    // from here on nobody opens it
    profiles.markDeleted(profileId, clock() + keepMs);
    if (isThere) {
      mkdirSync(home.deletedProfilesFolder, { recursive: true, mode: 0o700 });
      rmSync(aside, { recursive: true, force: true });
      renameSync(folder, aside);
      rmSync(path.join(aside, "lock"), { force: true });
    }
    return { state: "succeeded" };
  } finally {
    await lock?.release();
  }
}
