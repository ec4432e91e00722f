import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { prepareFolder } from "./prepare-folder.ts";
import type { Folder } from "./profile-state.ts";

const userDataFolder = "user-data";
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
  const wasKilled = existsSync(path.join(profileDir, openFile));
  await writeFile(path.join(profileDir, openFile), "", { mode: 0o600 });
  return {
    path: folder,
    folderWith: async (version) => ({ isInStep: version !== null && (await stepOf(profileDir)) === version, wasKilled }),
    isInStepWith: (version) => writeFile(path.join(profileDir, stepFile), `${version}`, { mode: 0o600 }),
    leave: () => rm(path.join(profileDir, openFile), { force: true }),
  };
}

/** Another folder has taken the place of the one that was there: it was closed in order, and is in step with that version or with none. */
export async function noteNewUserData(profileDir: string, version: number | null): Promise<void> {
  await rm(path.join(profileDir, openFile), { force: true });
  if (version === null) await rm(path.join(profileDir, stepFile), { force: true });
  else await writeFile(path.join(profileDir, stepFile), `${version}`, { mode: 0o600 });
}

/** The version of the state that the folder is in step with; undefined for none. */
async function stepOf(profileDir: string): Promise<number | undefined> {
  const text = await readFile(path.join(profileDir, stepFile), "utf8").catch(() => "");
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
