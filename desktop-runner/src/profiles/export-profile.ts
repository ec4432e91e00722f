import { existsSync } from "node:fs";
import { Readable } from "node:stream";
import type { ProfileStateData, StateFormat } from "@deskhand/shared/formats/profile-state";
import { writeStateAs } from "@deskhand/shared/formats/write-state";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { extensionsOf } from "../browser/extensions.ts";
import { loadProfileState, lockProfile } from "../browser/profile-store.ts";
import { lookAtUserData, userDataOf } from "../browser/user-data-folder.ts";
import { sealStream } from "./bundle/age-streams.ts";
import type { BundleHeader, BundleLock } from "./bundle/bundle-format.ts";
import { writeBundle } from "./bundle/write-bundle.ts";

export type ExportRefusal = "PROFILE_BUSY" | "PROFILE_STATE_CORRUPT" | "EXPORT_EMPTY";

export class ExportError extends Error {
  readonly code: ExportRefusal;

  constructor(code: ExportRefusal) {
    super(code);
    this.code = code;
  }
}

export type Exported = { cookies: number; origins: number; userData: boolean };

type Wanted = {
  profileDir: string;
  settings: ProfileSettings;
  name: string | null;
  format: StateFormat | "bundle";
  /** Undefined for a file that lies open, which only formats of the state can be. */
  lock: BundleLock | undefined;
  /** Milliseconds since the epoch. */
  now: number;
  /** Of a bundle that moves it to another runner, which takes one along that was never used. */
  move?: BundleHeader["move"];
};

/**
 * Gives a profile as a file; nobody uses it until `write` is done with it. @throws ExportError, what `write` throws, errors of the disk
 */
export async function exportProfile(wanted: Wanted, write: (file: Readable) => Promise<void>): Promise<Exported> {
  const { profileDir, settings, name, format, lock: seal, now, move } = wanted;
  if (format === "bundle" && !seal) throw new TypeError("a bundle is sealed");
  const held = await lockProfile(profileDir);
  if (!held) throw new ExportError("PROFILE_BUSY");
  try {
    const { state: found, version, lost } = await loadProfileState(profileDir);
    if (lost) throw new ExportError("PROFILE_STATE_CORRUPT");
    const isDedicated = settings.engine === "dedicated";
    const userData = isDedicated && existsSync(userDataOf(profileDir)) ? userDataOf(profileDir) : undefined;
    const extensions = isDedicated ? extensionsOf(profileDir) : [];
    if (!move && !found && (format !== "bundle" || (!userData && extensions.length === 0))) throw new ExportError("EXPORT_EMPTY");
    const state: ProfileStateData = {
      cookies: (found?.cookies ?? []) as ProfileStateData["cookies"],
      origins: (found?.origins ?? []) as ProfileStateData["origins"],
    };
    if (format === "bundle" && seal) {
      // a folder without a state is all that there is
      const folder = userData && found ? await lookAtUserData(profileDir, version ?? null) : undefined;
      const told = { ...(folder && { folder }), ...(move && { move }) };
      await write(await writeBundle({ name, createdAt: now, settings, ...told, state: found && state, userData, extensions }, seal));
    } else {
      const text = Readable.from([Buffer.from(writeStateAs(format as StateFormat, state))], { objectMode: false });
      await write(seal ? await sealStream(text, seal) : text);
    }
    return {
      cookies: state.cookies.length,
      origins: format === "storage-state" || format === "bundle" ? state.origins.length : 0,
      userData: format === "bundle" && userData !== undefined,
    };
  } finally {
    await held.release();
  }
}
