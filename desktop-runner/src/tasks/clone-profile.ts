import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { TaskEnd, TaskHandler } from "./task.ts";

/** What belongs to whoever has the profile open, and what a write left unfinished. */
const notCopied = /^(?:lock(?:\..*)?|Singleton.*|.*\.tmp|.*\.copying)$/u;

/** Copies what is saved of a profile, each copy whole or not at all. Nobody has the profile open meanwhile. */
export const cloneProfile: TaskHandler<"profile.clone"> = ({ profileId, copies, identities }, { home, profiles, signal }): TaskEnd => {
  const folder = path.join(home.profilesFolder, profileId);
  const { revision, settings } = profiles.get(profileId);
  const facts = profiles.facts(profileId);
  for (const [index, copyId] of copies.entries()) {
    if (signal.aborted) return { state: "failed", failureCode: "CANCELLED" };
    const target = path.join(home.profilesFolder, copyId);
    if (existsSync(folder) && !existsSync(target)) {
      const unfinished = `${target}.copying`;
      rmSync(unfinished, { recursive: true, force: true });
      cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true, filter: (file) => !notCopied.test(path.basename(file)) });
      renameSync(unfinished, target);
    }
    const identity = identities?.[index];
    if (identity) profiles.configure([{ profileId: copyId, revision: Math.max(revision, 1), settings: { ...settings, identity } }]);
    else if (revision > 0) profiles.configure([{ profileId: copyId, revision, settings }]);
    if (facts.stateSavedAt !== null) profiles.noteSaved(copyId, facts.stateSavedAt, facts.stateBytes ?? 0);
    // it has a device of its own
    const flags = facts.flags.filter((flag) => flag !== "proxy-mismatch");
    if (flags.length > 0) profiles.noteFlags(copyId, flags);
  }
  return { state: "succeeded", result: { copies: copies.length } };
};
