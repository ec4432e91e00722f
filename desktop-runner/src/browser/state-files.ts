import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { BrowserContext } from "playwright-core";
import * as z from "zod";

export type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

/** The newest state of a profile: Playwright's storage state with one key more, by which it proves that it is whole. */
export const stateFile = "state.json";
/** The states before it, `<version>.json`. */
const olderFolder = "states";
/** Where older versions of Deskhand kept the one state before the newest. */
const legacyPrevious = "state.previous.json";
/** Good states that are kept, the newest among them. */
const keptStates = 5;
/** Unreadable files that are kept for whoever wants to look at them. */
const keptCorrupt = 3;

/** Only as much as must hold before the state is handed to a browser; Playwright checks the rest. */
const stateSchema = z.looseObject({
  cookies: z.array(z.looseObject({ name: z.string(), value: z.string() })),
  origins: z.array(z.looseObject({ origin: z.string(), localStorage: z.array(z.object({ name: z.string(), value: z.string() })) })),
});
const stampSchema = z.object({ version: z.number().int().min(1), savedAt: z.number().int() });

export type ReadState = {
  state: StorageState;
  /** Counts up with each saving; 0 for one that an older Deskhand saved. */
  version: number;
  /** Milliseconds since the epoch; null for one that an older Deskhand saved. */
  savedAt: number | null;
  bytes: number;
};

export type WrittenState = { version: number; bytes: number };

/**
 * Writes the state as the newest so that at every moment a whole one is on the disk, and keeps the four good ones before. `instead` is the
 * version that it takes the place of, when that is still the newest: one run or session leaves one state, however often it saves.
 */
export async function writeState(profileDir: string, state: StorageState, options: { instead?: number } = {}): Promise<WrittenState> {
  const older = path.join(profileDir, olderFolder);
  await mkdir(older, { recursive: true, mode: 0o700 });
  const file = path.join(profileDir, stateFile);
  const newest = await newestVersion(profileDir);
  const takesPlace = newest !== undefined && newest.version === options.instead;
  const version = takesPlace ? newest.version : (newest?.version ?? Math.max(0, ...(await olderVersions(profileDir)))) + 1;
  const text = stamped(state, version, Date.now());
  const temporary = path.join(profileDir, `state.${process.pid}.${randomUUID()}.tmp`);
  try {
    await writeSynced(temporary, text);
    if (newest && !takesPlace) await rename(file, path.join(older, `${newest.version}.json`));
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (!takesPlace) await prune(profileDir);
  return { version, bytes: Buffer.byteLength(text) };
}

/** The newest good state, with the unreadable ones that were newer put aside. */
export async function readNewestState(profileDir: string): Promise<{ found: ReadState | undefined; corrupt: number }> {
  let corrupt = 0;
  for (const name of await candidates(profileDir)) {
    const file = path.join(profileDir, name);
    const read = await readStateFile(file);
    if (read === "missing") continue;
    if (read !== "corrupt") return { found: read, corrupt };
    corrupt++;
    await rename(file, path.join(profileDir, `state.corrupt-${Date.now()}-${corrupt}.json`));
  }
  return { found: undefined, corrupt };
}

/** All states that are kept, newest first; those that cannot be read are left out. */
export async function readAllStates(profileDir: string): Promise<ReadState[]> {
  const read = await Promise.all((await candidates(profileDir)).map((name) => readStateFile(path.join(profileDir, name))));
  return read.filter((state): state is ReadState => typeof state === "object");
}

/** The same for two states that hold the same, in whatever order the browser told it. */
export function fingerprint({ cookies, origins }: StorageState): string {
  const sorted = [...cookies.map((cookie) => JSON.stringify(cookie)).sort(), ...origins.map((origin) => JSON.stringify(origin)).sort()];
  return createHash("sha256").update(sorted.join("\n")).digest("base64");
}

async function readStateFile(file: string): Promise<ReadState | "missing" | "corrupt"> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    ignoreMissing(error);
    return "missing";
  }
  try {
    const { deskhand, ...state } = stateSchema.parse(JSON.parse(text));
    const bytes = Buffer.byteLength(text);
    // one that an older Deskhand saved, or another program: it was never stamped
    if (deskhand === undefined) return { state: state as unknown as StorageState, version: 0, savedAt: null, bytes };
    const stamp = stampSchema.parse(deskhand);
    return isWhole(text) ? { state: state as unknown as StorageState, ...stamp, bytes } : "corrupt";
  } catch {
    return "corrupt";
  }
}

/** Relative to the profile's folder, newest first; the newest may be missing when its process was killed between two renames. */
async function candidates(profileDir: string): Promise<string[]> {
  const older = (await olderVersions(profileDir)).sort((a, b) => b - a);
  return [stateFile, ...older.map((version) => path.join(olderFolder, `${version}.json`)), legacyPrevious];
}

async function olderVersions(profileDir: string): Promise<number[]> {
  const names = await readdir(path.join(profileDir, olderFolder)).catch((error: unknown) => {
    ignoreMissing(error);
    return [];
  });
  return names.flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
}

/** Of the newest file, as its last bytes say; undefined when there is none. */
async function newestVersion(profileDir: string): Promise<{ version: number } | undefined> {
  const handle = await open(path.join(profileDir, stateFile)).catch((error: unknown) => {
    ignoreMissing(error);
    return undefined;
  });
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 200);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const found = /"deskhand":\{"version":(\d+),[^{}]*\}\}$/.exec(buffer.toString("latin1"));
    // not ours, or unreadable: it must not take the place of a good one
    return { version: found ? Number(found[1]) : Math.max(-1, ...(await olderVersions(profileDir))) + 1 };
  } finally {
    await handle.close();
  }
}

async function prune(profileDir: string): Promise<void> {
  const older = (await olderVersions(profileDir)).sort((a, b) => b - a);
  for (const version of older.slice(keptStates - 1)) await rm(path.join(profileDir, olderFolder, `${version}.json`), { force: true });
  const names = await readdir(profileDir);
  const corrupt = names.filter((name) => name.startsWith("state.corrupt-")).sort();
  // a piece of a process that was killed: the profile has one writer at a time
  const pieces = names.filter((name) => /^state\..*\.tmp$/.test(name));
  const stale = older.length > 0 && names.includes(legacyPrevious) ? [legacyPrevious] : [];
  for (const name of [...corrupt.slice(0, -keptCorrupt), ...pieces, ...stale]) await rm(path.join(profileDir, name), { force: true });
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The state as JSON text; its last key says which one it is, and holds the hash of everything before the hash. */
function stamped(state: StorageState, version: number, savedAt: number): string {
  const head = `${JSON.stringify(state).slice(0, -1)},"deskhand":{"version":${version},"savedAt":${savedAt},`;
  return `${head}"sha256":"${sha256(head)}"}}`;
}

function isWhole(text: string): boolean {
  const end = /"sha256":"([0-9a-f]{64})"\}\}$/.exec(text);
  return end !== null && sha256(text.slice(0, end.index)) === end[1];
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
