import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { readAllStates, readNewestState, type StorageState, writeState } from "./state-files.ts";

export type { StorageState };

const lockFile = "lock";
const heartbeatMs = 5000;
const staleAfterMs = 30_000;

export type LoadedState = {
  state: StorageState | undefined;
  /** Which one `state` is; see {@link listProfileStates}. Undefined without one. */
  version: number | undefined;
  /** Milliseconds since the epoch; null when that is not known. */
  savedAt: number | null;
  /** the newest file could not be read and was put aside; `state` is the one before it */
  restored: boolean;
  /** a file was there and nothing could be read: the profile has lost its state */
  lost: boolean;
};

/** Reads a profile's last good state; undefined for a profile that has none yet. An unreadable file is kept under another name. */
export async function loadProfileState(profileDir: string): Promise<LoadedState> {
  const { found, corrupt } = await readNewestState(profileDir);
  return {
    state: found?.state,
    version: found?.version,
    savedAt: found?.savedAt ?? null,
    restored: corrupt > 0 && found !== undefined,
    lost: corrupt > 0 && found === undefined,
  };
}

/** Saves a profile's state as its newest, by {@link writeState}. Returns its bytes. */
export async function saveProfileState(profileDir: string, state: StorageState): Promise<number> {
  return (await writeState(profileDir, state)).bytes;
}

export type ProfileStateFacts = {
  version: number;
  /** Milliseconds since the epoch; null when that is not known. */
  savedAt: number | null;
  bytes: number;
  cookies: number;
  origins: number;
};

/** The states of a profile that can be restored, newest first; at most five. */
export async function listProfileStates(profileDir: string): Promise<ProfileStateFacts[]> {
  const states = await readAllStates(profileDir);
  return states.map(({ state, version, savedAt, bytes }) => ({
    version,
    savedAt,
    bytes,
    cookies: state.cookies.length,
    origins: state.origins.length,
  }));
}

/**
 * Makes an earlier state the newest; the one that was becomes the one before, so that this can be taken back.
 * @returns what the newest is now; undefined when that version is not kept
 * @throws ProfileBusy when somebody uses the profile
 */
export async function restoreProfileState(profileDir: string, version: number): Promise<ProfileStateFacts | undefined> {
  const lock = await lockProfile(profileDir);
  if (!lock) throw new ProfileBusy();
  try {
    const wanted = (await readAllStates(profileDir)).find((state) => state.version === version);
    if (!wanted) return undefined;
    await writeState(profileDir, wanted.state);
    return (await listProfileStates(profileDir))[0];
  } finally {
    await lock.release();
  }
}

/** Somebody else uses the profile. */
export class ProfileBusy extends Error {
  constructor() {
    super("The profile is in use.");
    this.name = "ProfileBusy";
  }
}

export type ProfileLock = { release(): Promise<void> };

const heldHere = new Set<string>();

/**
 * Takes the profile for one run; undefined when another has it, in this process or in another one that is alive. A lock whose
 * owner is gone, or has shown no sign of life for 30 s, is taken over.
 */
export async function lockProfile(profileDir: string): Promise<ProfileLock | undefined> {
  const folder = path.resolve(profileDir);
  if (heldHere.has(folder)) return undefined;
  heldHere.add(folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, lockFile);
    const token = `${process.pid} ${randomUUID()}`;
    if (!(await takeLock(file, token))) {
      heldHere.delete(folder);
      return undefined;
    }
    const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), heartbeatMs);
    heartbeat.unref();
    return {
      release: async () => {
        clearInterval(heartbeat);
        heldHere.delete(folder);
        if ((await readLock(file)) === token) await rm(file, { force: true });
      },
    };
  } catch (error) {
    heldHere.delete(folder);
    throw error;
  }
}

/** Whether somebody has the profile now, in this process or in another one. */
export async function isProfileLocked(profileDir: string): Promise<boolean> {
  const folder = path.resolve(profileDir);
  if (heldHere.has(folder)) return true;
  const file = path.join(folder, lockFile);
  const owner = await readLock(file);
  return owner !== undefined && (await isAlive(file, owner));
}

async function takeLock(file: string, token: string): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(file, token, { flag: "wx", mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = await readLock(file);
    if (owner !== undefined && (await isAlive(file, owner))) return false;
    // renaming takes away one certain file: of two that saw the same dead owner, only one succeeds
    const aside = `${file}.${randomUUID()}`;
    await rename(file, aside).catch(ignoreMissing);
    const taken = await readLock(aside);
    if (taken !== undefined && taken !== owner) await rename(aside, file);
    else await rm(aside, { force: true });
  }
  return false;
}

async function isAlive(file: string, owner: string): Promise<boolean> {
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: 0 }));
  if (Date.now() - mtimeMs > staleAfterMs) return false;
  const pid = Number(owner.split(" ")[0]);
  // a lock of this very process that is not in `heldHere` was left by an earlier process with the same number
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

async function readLock(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(() => undefined);
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
