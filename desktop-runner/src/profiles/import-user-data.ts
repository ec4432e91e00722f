import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readFile, readlink, rename, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { lockProfile } from "../browser/profile-store.ts";
import { readNewestState, writeState } from "../browser/state-files.ts";
import { noteNewUserData, userDataOf } from "../browser/user-data-folder.ts";
import { userDataFiles } from "./user-data-files.ts";

export type UserDataRefusal = "NOT_USER_DATA" | "CHROME_RUNNING" | "CHOOSE_PROFILE" | "PROFILE_BUSY";

/** Nothing was changed. */
export class UserDataError extends Error {
  readonly code: UserDataRefusal;
  /** Chrome's own profiles in the folder, for CHOOSE_PROFILE. */
  readonly choices: readonly ChromeProfile[];

  constructor(code: UserDataRefusal, choices: readonly ChromeProfile[] = []) {
    super(code);
    this.code = code;
    this.choices = choices;
  }
}

/** `folder` is its name on the disk, `name` what people call it. */
export type ChromeProfile = { folder: string; name: string };

export type ImportedUserData = {
  chromeProfile: string;
  files: number;
  bytes: number;
  /** Cookies in it, and how many of them cannot be read here: a keyring of the system has the key to them. */
  cookies: { count: number; locked: number };
  /** Of the empty state that stands for the folder from here on, in the place of one that the profile had; null when it had none. */
  stateBytes: number | null;
};

/** Chrome's own profiles in a user-data folder. @throws UserDataError NOT_USER_DATA */
export async function chromeProfiles(folder: string): Promise<ChromeProfile[]> {
  let known: Record<string, { name?: unknown }>;
  try {
    const state = JSON.parse(await readFile(path.join(folder, "Local State"), "utf8")) as { profile?: { info_cache?: typeof known } };
    known = state.profile?.info_cache ?? {};
  } catch {
    throw new UserDataError("NOT_USER_DATA");
  }
  const names = Object.entries(known).map(([name, { name: called }]) => ({
    folder: name,
    name: typeof called === "string" ? called : name,
  }));
  const candidates = names.some(({ folder: name }) => name === "Default") ? names : [{ folder: "Default", name: "Default" }, ...names];
  const found: ChromeProfile[] = [];
  for (const one of candidates) {
    const isInside = path.basename(one.folder) === one.folder && one.folder !== "..";
    if (isInside && (await stat(path.join(folder, one.folder, "Preferences")).catch(() => undefined))) found.push(one);
  }
  if (found.length === 0) throw new UserDataError("NOT_USER_DATA");
  return found;
}

type Wanted = {
  /** Chrome's user-data folder. */ folder: string /** By its folder or name; may be left out when there is one. */;
  chromeProfile: string | undefined;
  profileDir: string;
};

/**
 * Copies a Chrome or Chromium profile to be a profile's own user-data folder, without caches and locks. Chrome must not run on it.
 * @throws UserDataError; errors of the disk
 */
export async function importUserData({ folder, chromeProfile, profileDir }: Wanted): Promise<ImportedUserData> {
  const profiles = await chromeProfiles(folder);
  const fitting =
    chromeProfile === undefined ? profiles : profiles.filter((one) => one.folder === chromeProfile || one.name === chromeProfile);
  const [chosen] = fitting;
  if (!chosen || fitting.length > 1) throw new UserDataError("CHOOSE_PROFILE", profiles);
  if (await isChromeRunning(folder)) throw new UserDataError("CHROME_RUNNING");
  const lock = await lockProfile(profileDir);
  if (!lock) throw new UserDataError("PROFILE_BUSY");
  const into = path.join(profileDir, `import-${randomUUID()}`);
  try {
    const made = path.join(into, "user-data");
    await mkdir(made, { recursive: true, mode: 0o700 });
    await copyFile(path.join(folder, "Local State"), path.join(made, "Local State"));
    let files = 1;
    let bytes = 0;
    for await (const { name, file } of userDataFiles(path.join(folder, chosen.folder))) {
      const to = path.join(made, "Default", name);
      await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
      await copyFile(file, to);
      bytes += (await stat(to)).size;
      files++;
    }
    // one that was started meanwhile may have written between two files
    if (await isChromeRunning(folder)) throw new UserDataError("CHROME_RUNNING");
    const cookies = countCookies(path.join(made, "Default"));
    const place = userDataOf(profileDir);
    const isReplaced = await stat(place).catch(() => undefined);
    if (isReplaced) await rename(place, path.join(into, "before"));
    await rename(made, place);
    let stateBytes: number | null;
    try {
      stateBytes = await giveWay(profileDir);
    } catch (error) {
      await rm(place, { recursive: true, force: true });
      if (isReplaced) await rename(path.join(into, "before"), place);
      throw error;
    }
    return { chromeProfile: chosen.folder, files, bytes, cookies, stateBytes };
  } finally {
    await rm(into, { recursive: true, force: true });
    await lock.release();
  }
}

/**
 * Puts nothing in the place of the state that the profile had, which would go before what the new folder holds; that one is kept with the earlier
 * ones, and can be restored. @returns the bytes of what is newest now; null without a state
 */
async function giveWay(profileDir: string): Promise<number | null> {
  const { found } = await readNewestState(profileDir);
  const empty = found && (await writeState(profileDir, { cookies: [], origins: [] }));
  await noteNewUserData(profileDir, empty?.version ?? null, { isInStep: true, wasKilled: false });
  return empty?.bytes ?? null;
}

/** By the lock that Chrome keeps there: a link to `<computer>-<process>`, on Windows a file that nobody else may remove. */
async function isChromeRunning(folder: string): Promise<boolean> {
  if (process.platform === "win32") {
    const lockfile = path.join(folder, "lockfile");
    return rm(lockfile).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code !== "ENOENT",
    );
  }
  const target = await readlink(path.join(folder, "SingletonLock")).catch(() => undefined);
  const [, host, pid] = /^(.*)-(\d+)$/.exec(target ?? "") ?? [];
  if (host === undefined) return false;
  // of another computer, on a disk that both share: it cannot be asked
  if (host !== os.hostname()) return true;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * How many cookies there are, and how many are sealed with a key that does not come along: `v11` on Linux is the system's keyring, `v10`
 * there is the same everywhere; on macOS and Windows the key is the system's too (components/os_crypt in Chromium).
 */
function countCookies(folder: string): ImportedUserData["cookies"] {
  for (const name of ["Network/Cookies", "Cookies"]) {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path.join(folder, name), { readOnly: true });
      const own = process.platform === "linux" ? "'v10'" : "''";
      const sql = `select count(*) as count, coalesce(sum(length(encrypted_value) > 3 and cast(substr(encrypted_value, 1, 3) as text) <> ${own}), 0) as locked from cookies`;
      const row = database.prepare(sql).get();
      return { count: Number(row?.count), locked: Number(row?.locked) };
    } catch {
      // not there, or of a kind that is not known
    } finally {
      database?.close();
    }
  }
  return { count: 0, locked: 0 };
}
