import { existsSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import { lockProfile } from "../browser/profile-store.ts";
import { isDiskFull } from "../journal/is-disk-full.ts";
import type { TaskContext, TaskEnd, TaskHandler } from "./task.ts";

/** In the profile's folder: what belongs to whoever has the profile open. A lock of its browser's, or of an extension, is another thing. */
const ofItsHolder = /^lock(?:\..*)?$/u;
/** Anywhere: what belongs to a browser that has it open, and what a write left unfinished. */
const ofTheMoment = /^(?:Singleton.*|.*\.tmp|.*\.copying)$/u;

/**
 * Copies what is saved of a profile, each copy whole or not at all; the result names those that were not made. A session that nobody in
 * particular uses hibernates for it. PROFILE_BUSY while somebody else has the profile, PROFILE_GONE when it was deleted.
 */
export const cloneProfile: TaskHandler<"profile.clone"> = async (payload, context): Promise<TaskEnd> => {
  const { profileId, copies } = payload;
  const { home, profiles, sessions, signal } = context;
  const made = new Set<string>();
  const failed = (failureCode: string): TaskEnd => {
    return { state: "failed", failureCode, result: { copies: made.size, failed: copies.filter((id) => !made.has(id)) } };
  };
  if (profiles.isDeleted(profileId)) return failed("PROFILE_GONE");
  await sessions.hibernate(profileId);
  const folder = path.join(home.profilesFolder, profileId);
  const isUsed = existsSync(folder);
  const lock = isUsed ? await lockProfile(folder) : undefined;
  if (isUsed && !lock) return failed("PROFILE_BUSY");
  try {
    for (const [index, copyId] of copies.entries()) {
      if (signal.aborted) return failed("CANCELLED");
      await makeCopy(copyId, index, payload, context);
      made.add(copyId);
    }
    return { state: "succeeded", result: { copies: made.size } };
  } catch (error) {
    if (isDiskFull(error)) return failed("RUNNER_DISK_FULL");
    throw error;
  } finally {
    await lock?.release();
  }
};

/** One that is there already is left as it is, with what it is like. @throws errors of the disk, and nothing of it is left */
async function makeCopy(
  copyId: string,
  index: number,
  { profileId, identities }: TaskPayload<"profile.clone">,
  { home, profiles }: TaskContext,
): Promise<void> {
  const folder = path.join(home.profilesFolder, profileId);
  const target = path.join(home.profilesFolder, copyId);
  const unfinished = `${target}.copying`;
  const isNew = existsSync(folder) && !existsSync(target);
  try {
    if (isNew) {
      await rm(unfinished, { recursive: true, force: true });
      const isCopied = (file: string) => !ofItsHolder.test(path.relative(folder, file)) && !ofTheMoment.test(path.basename(file));
      await cp(folder, unfinished, { recursive: true, verbatimSymlinks: true, filter: isCopied });
    }
    const { revision, settings } = profiles.get(profileId);
    const identity = identities?.[index];
    if (identity) profiles.configure([{ profileId: copyId, revision: Math.max(revision, 1), settings: { ...settings, identity } }]);
    else if (revision > 0) profiles.configure([{ profileId: copyId, revision, settings }]);
    if (isNew) await rename(unfinished, target);
  } catch (error) {
    if (isNew) profiles.forget(copyId);
    throw error;
  } finally {
    if (isNew) await rm(unfinished, { recursive: true, force: true });
  }
  const { stateSavedAt, stateBytes, flags } = profiles.facts(profileId);
  if (stateSavedAt !== null) profiles.noteSaved(copyId, stateSavedAt, stateBytes ?? 0);
  // it has a device of its own
  const others = flags.filter((flag) => flag !== "proxy-mismatch");
  if (others.length > 0) profiles.noteFlags(copyId, others);
}
