import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import type { BrowserContext } from "playwright-core";
import * as z from "zod";

export type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

const stateFile = "state.json";
const previousFile = "state.previous.json";
const lockFile = "lock";
const heartbeatMs = 5000;
const staleAfterMs = 30_000;

/** Only as much as must hold before the state is handed to a browser; Playwright checks the rest. */
const stateSchema = z.looseObject({
  cookies: z.array(z.looseObject({ name: z.string(), value: z.string() })),
  origins: z.array(z.looseObject({ origin: z.string(), localStorage: z.array(z.object({ name: z.string(), value: z.string() })) })),
});

export type LoadedState = {
  state: StorageState | undefined;
  /** the newest file could not be read and was put aside; `state` is the one before it */
  restored: boolean;
  /** a file was there and nothing could be read: the profile has lost its state */
  lost: boolean;
};

/** Reads a profile's last good state; undefined for a profile that has none yet. An unreadable file is kept under another name. */
export async function loadProfileState(profileDir: string): Promise<LoadedState> {
  const current = await readState(path.join(profileDir, stateFile));
  if (current.state) return { state: current.state, restored: false, lost: false };
  if (current.unreadable) {
    await rename(path.join(profileDir, stateFile), path.join(profileDir, `state.corrupt-${Date.now()}.json`));
  }
  const previous = await readState(path.join(profileDir, previousFile));
  return {
    state: previous.state,
    restored: current.unreadable && previous.state !== undefined,
    lost: current.unreadable && !previous.state,
  };
}

/** Writes a profile's state so that at every moment a whole one is on the disk, and keeps the one before. Returns its bytes. */
export async function saveProfileState(profileDir: string, state: StorageState): Promise<number> {
  await mkdir(profileDir, { recursive: true, mode: 0o700 });
  const text = JSON.stringify(state);
  const file = path.join(profileDir, stateFile);
  const temporary = path.join(profileDir, `state.${process.pid}.${randomUUID()}.tmp`);
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(file, path.join(profileDir, previousFile)).catch(ignoreMissing);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  return Buffer.byteLength(text);
}

async function readState(file: string): Promise<{ state: StorageState | undefined; unreadable: boolean }> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    ignoreMissing(error);
    return { state: undefined, unreadable: false };
  }
  try {
    return { state: stateSchema.parse(JSON.parse(text)) as unknown as StorageState, unreadable: false };
  } catch {
    return { state: undefined, unreadable: true };
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
