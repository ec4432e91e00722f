import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { prepareFolder } from "./prepare-folder.ts";
import type { Folder } from "./profile-state.ts";

export const userDataFolder = "user-data";
/** Says which saved state the folder has; beside it, because a browser may clear its folder. */
const stepFile = "user-data.version";
/** There while a browser has the folder. */
const openFile = "user-data.open";

/** The folder of a profile's own browser. */
export type UserDataFolder = {
  /** Absolute. */
  path: string;
  /** Compares the folder with the version of the state that is saved beside it; null when there is none. */
  folderWith(version: number | null): Promise<Folder>;
  /** From here on the folder is in step with that version. */
  isInStepWith(version: number): Promise<void>;
  /** Its browser has ended in order. One that ends otherwise may not have written all; see {@link Folder}. */
  leave(): Promise<void>;
};

export function userDataOf(profileDir: string): string {
  return path.join(profileDir, userDataFolder);
}

/** Makes the folder ready for a browser; the caller has the profile's lock. */
export async function takeUserData(profileDir: string): Promise<UserDataFolder> {
  const folder = userDataOf(profileDir);
  await prepareFolder(folder);
  const wasKilled = isOpen(profileDir);
  await writeFile(path.join(profileDir, openFile), "", { mode: 0o600 });
  return {
    path: folder,
    folderWith: (version) => folderWith(profileDir, version, wasKilled),
    isInStepWith: (version) => writeFile(path.join(profileDir, stepFile), `${version}`, { mode: 0o600 }),
    leave: () => rm(path.join(profileDir, openFile), { force: true }),
  };
}

/** How a folder that no browser has now stands to that version of the state. */
export function lookAtUserData(profileDir: string, version: number | null): Promise<Folder> {
  return folderWith(profileDir, version, isOpen(profileDir));
}

/** Another folder has taken the place of the one that was there, and stands so to that version; null when there is no state. */
export async function noteNewUserData(profileDir: string, version: number | null, { isInStep, wasKilled }: Folder): Promise<void> {
  const [step, open] = [path.join(profileDir, stepFile), path.join(profileDir, openFile)];
  if (wasKilled) await writeFile(open, "", { mode: 0o600 });
  else await rm(open, { force: true });
  if (isInStep && version !== null) await writeFile(step, `${version}`, { mode: 0o600 });
  else await rm(step, { force: true });
}

/** There while a browser has the folder; or it was killed. */
function isOpen(profileDir: string): boolean {
  return existsSync(path.join(profileDir, openFile));
}

async function folderWith(profileDir: string, version: number | null, wasKilled: boolean): Promise<Folder> {
  const step = await readFile(path.join(profileDir, stepFile), "utf8").catch(() => "");
  return { isInStep: version !== null && step === `${version}`, wasKilled };
}
