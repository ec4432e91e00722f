import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { mergeStates } from "@deskhand/shared/formats/merge-states";
import type { FormatProblem, ProfileStateData, StateFormat } from "@deskhand/shared/formats/profile-state";
import { readState, STATE_MAX_LENGTH } from "@deskhand/shared/formats/read-state";
import { profileFlags } from "@deskhand/shared/schemas/profile-flags";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { extensionsFolder } from "../browser/extensions.ts";
import { loadProfileState, lockProfile, type StorageState, saveProfileState } from "../browser/profile-store.ts";
import { type WrittenState, writeState } from "../browser/state-files.ts";
import { noteNewUserData, userDataFolder } from "../browser/user-data-folder.ts";
import { ageBeginsLength, isAge, openStream, peek } from "./bundle/age-streams.ts";
import { BundleError, type BundleHeader, type BundleKeys } from "./bundle/bundle-format.ts";
import { readBundle } from "./bundle/read-bundle.ts";

/** What a bundle may unfold to, bytes. */
const maxBundleBytes = 8 * 1024 ** 3;
const importing = "import-";

/** `merge` leaves what is there and is not in the file; `replace` leaves nothing. A bundle always replaces. */
export type ImportMode = "merge" | "replace";

export type ImportRefusal = "IMPORT_REFUSED" | "PROFILE_BUSY" | "PROFILE_STATE_CORRUPT" | BundleError["code"];

/** Nothing was changed. */
export class ImportError extends Error {
  readonly code: ImportRefusal;
  readonly format: StateFormat | null;
  readonly problems: readonly FormatProblem[];
  readonly more: number;

  constructor(code: ImportRefusal, told: { format?: StateFormat | null; problems?: readonly FormatProblem[]; more?: number } = {}) {
    super(code);
    this.code = code;
    this.format = told.format ?? null;
    this.problems = told.problems ?? [];
    this.more = told.more ?? 0;
  }
}

export type Imported = {
  format: StateFormat | "bundle";
  cookies: number;
  origins: number;
  /** A browser's own folder was in it. */
  userData: boolean;
  /** Of the profile's state as it is now; 0 without one. */
  bytes: number;
  /** What the profile of a bundle was like; null for other files. */
  settings: ProfileSettings | null;
  /** Of a bundle that moves it here; null for others. */
  move: Omit<NonNullable<BundleHeader["move"]>, "word"> | null;
};

type Into = {
  profileDir: string;
  mode: ImportMode;
  keys: BundleKeys /** Nothing but what a key opens. */;
  sealedOnly?: boolean /** Nothing but a bundle that moves a profile here, with this word. */;
  word?: string;
};

/**
 * Takes a file into a profile: a state in any of the formats, or a bundle, sealed or not; which it is, is seen from what is in it. All of it
 * or nothing. @throws ImportError; errors of the disk
 */
export async function importProfile(source: Readable, { profileDir, mode, keys, sealedOnly = false, word }: Into): Promise<Imported> {
  const lock = await lockProfile(profileDir);
  if (!lock) throw new ImportError("PROFILE_BUSY");
  try {
    const { begins, whole } = await peek(source, ageBeginsLength);
    if (isAge(begins)) return await takeBundle(await openStream(whole, keys), profileDir, word);
    if (sealedOnly || word !== undefined) throw new ImportError("BUNDLE_INVALID");
    // gzip's magic number (RFC 1952, section 2.3.1): a bundle whose seal has been opened
    if (begins[0] === 0x1f && begins[1] === 0x8b) return await takeBundle(whole, profileDir);
    return await takeState(whole, profileDir, mode);
  } catch (error) {
    source.destroy();
    throw error instanceof BundleError ? new ImportError(error.code) : error;
  } finally {
    await lock.release();
  }
}

/** What is not to be known of the profile any more once a file has taken the place of what was there; nothing where it came beside it. */
export function settledBy(format: Imported["format"], mode: ImportMode, { engine }: Pick<ProfileSettings, "engine">): readonly string[] {
  if (format !== "bundle" && mode === "merge") return [];
  // the folder of a browser of its own stays where only the state was replaced
  return format === "bundle" || engine === "shared" ? ["state-restored", ...profileFlags] : ["state-restored"];
}

async function takeState(source: Readable, profileDir: string, mode: ImportMode): Promise<Imported> {
  const read = readState(await textOf(source));
  if (!read.ok) throw new ImportError("IMPORT_REFUSED", read);
  const { cookies, origins } = read.state;
  const bytes = await saveProfileState(profileDir, (await withThere(profileDir, read.state, mode)) as StorageState);
  return { format: read.format, cookies: cookies.length, origins: origins.length, userData: false, bytes, settings: null, move: null };
}

async function withThere(profileDir: string, comes: ProfileStateData, mode: ImportMode): Promise<ProfileStateData> {
  if (mode === "replace") return comes;
  const { state, lost } = await loadProfileState(profileDir);
  if (lost) throw new ImportError("PROFILE_STATE_CORRUPT");
  return state ? mergeStates(state as ProfileStateData, comes) : comes;
}

async function takeBundle(opened: Readable, profileDir: string, word?: string): Promise<Imported> {
  // what an import left that was broken off
  for (const name of await readdir(profileDir)) {
    if (name.startsWith(importing)) await rm(path.join(profileDir, name), { recursive: true, force: true });
  }
  const into = path.join(profileDir, `${importing}${randomUUID()}`);
  await mkdir(into, { recursive: true, mode: 0o700 });
  try {
    const { header, settings, state: found, userData, extensions } = await readBundle(opened, into, { maxBytes: maxBundleBytes });
    if (word !== undefined && header.move?.word !== word) throw new BundleError("BUNDLE_INVALID");
    const state = found ?? { cookies: [], origins: [] };
    // one that was never used stays one that was never used
    const isNothing = header.move && !found && !userData && !(await loadProfileState(profileDir)).state;
    let written: WrittenState | undefined;
    const putBack = await replaceFolders(profileDir, into, { [userDataFolder]: userData, [extensionsFolder]: extensions });
    try {
      written = isNothing ? undefined : await writeState(profileDir, state as StorageState);
      await noteNewUserData(profileDir, written?.version ?? null, header.folder ?? { isInStep: userData !== undefined, wasKilled: false });
    } catch (error) {
      await putBack();
      throw error;
    }
    const bytes = written?.bytes ?? 0;
    const { cookies, origins } = state;
    const { word: _, ...move } = header.move ?? {};
    const counts = { cookies: cookies.length, origins: origins.length, userData: userData !== undefined };
    return { format: "bundle", ...counts, bytes, settings, move: "revision" in move ? (move as Imported["move"]) : null };
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

/** Puts each folder in the place of the profile's own of that name, or nothing where it is undefined. @returns how to take that back */
async function replaceFolders(profileDir: string, into: string, folders: Record<string, string | undefined>): Promise<() => Promise<void>> {
  const done: (() => Promise<void>)[] = [];
  const putBack = async () => {
    for (const undo of done.reverse()) await undo();
  };
  try {
    for (const [name, comes] of Object.entries(folders)) {
      const place = path.join(profileDir, name);
      const aside = path.join(into, `before-${name}`);
      const hadOne = await rename(place, aside).then(
        () => true,
        () => false,
      );
      done.push(async () => {
        await rm(place, { recursive: true, force: true });
        if (hadOne) await rename(aside, place);
      });
      if (comes) await rename(comes, place);
    }
    return putBack;
  } catch (error) {
    await putBack();
    throw error;
  }
}

/** @throws ImportError when it is larger than any file of a state may be, or no text */
async function textOf(source: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of source as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > STATE_MAX_LENGTH) throw refusedAtStart("The file is larger than 50 MB.");
    pieces.push(piece);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    throw refusedAtStart("This is not a text in UTF-8.");
  }
}

function refusedAtStart(reason: string): ImportError {
  return new ImportError("IMPORT_REFUSED", { problems: [{ where: "line 1", reason }] });
}
