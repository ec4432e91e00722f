import { randomUUID } from "node:crypto";
import { createWriteStream, existsSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { type StateFormat, stateFormats } from "@deskhand/shared/formats/profile-state";
import { profileDetail } from "@deskhand/shared/schemas/profile";
import { defaultSettings, type ProfileSettings, profileSettings } from "@deskhand/shared/schemas/profile-settings";
import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";
import { readSettings } from "../../../backup/content/profile-settings.ts";
import { ExportError, exportProfile } from "../../../profiles/export-profile.ts";
import { createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { CliError, usageError } from "../../failure.ts";
import { findOwnProfile, type OwnProfile } from "../../own-profile.ts";
import { accessFrom } from "../../settings.ts";
import { readPassphrase } from "./passphrase.ts";

export type Format = StateFormat | "bundle";
export type ExportFlags = {
  format?: string;
  recipient?: string[];
  force?: boolean;
  runner?: string;
  all?: boolean;
  tag?: string[];
  search?: string;
};
export type Exporting = { format: Format; recipient?: string[] };
/** What came of an export, for programs and for people. */
export type Told = { record: Record<string, unknown>; words: string };

const formats: readonly string[] = ["bundle", ...stateFormats];

/**
 * `deskhand profiles export NAME FILE`: of this computer, or with `--runner` of another. The server sees nothing of it. With several names,
 * `--all`, `--tag` or `--search` a file of each goes into a folder.
 */
export async function exportProfiles(places: string[], flags: ExportFlags, context: CommandContext): Promise<number> {
  const format = flags.format ?? "bundle";
  if (!formats.includes(format)) throw usageError(`"${format}" is not a format.`, `It is one of: ${formats.join(", ")}.`);
  const names = places.slice(0, -1);
  const target = places.at(-1) ?? "";
  const [wanted, another] = names;
  const isFiltered = flags.all === true || flags.tag !== undefined || flags.search !== undefined;
  const how = { ...flags, format: format as Format };
  if (isFiltered || another !== undefined || (wanted !== undefined && isFolder(target))) {
    return (await import("./export-many.ts")).exportMany(names, target, how, context);
  }
  if (wanted === undefined) throw usageError("Say which profile, and where it goes.", "For example: deskhand profiles export NAME FILE");
  if (existsSync(target) && !flags.force) throw usageError(`There is a file ${target} already.`, "Give another name, or --force.");
  const { record, words } = await exportOne(wanted, target, how, context);
  context.output.result(record, words);
  return 0;
}

async function exportOne(wanted: string, file: string, how: Exporting & { runner?: string }, context: CommandContext): Promise<Told> {
  if (how.runner === undefined) return exportOwn(await findOwnProfile(wanted, context), file, how, context);
  const { exportRemotely, find } = await import("./transfer.ts");
  return exportRemotely(await find(wanted, how.runner, context), file, how, context);
}

/** @throws CliError */
export async function exportOwn(
  profile: OwnProfile,
  file: string,
  { format, recipient: recipients = [] }: Exporting,
  context: CommandContext,
): Promise<Told> {
  const lock = recipients.length > 0 ? { recipients } : format === "bundle" ? { passphrase: await readPassphrase(context) } : undefined;
  const { settings, from: settingsFrom, note } = await settingsOf(profile, context);
  const profileDir = path.join(profile.home.profilesFolder, profile.id);
  const beside = `${file}.${randomUUID()}.part`;
  try {
    const wantedFile = { profileDir, settings, name: profile.name, format, lock, now: Date.now() };
    const exported = await exportProfile(wantedFile, (content) =>
      pipeline(content, createWriteStream(beside, { mode: 0o600, flags: "wx" })),
    );
    renameSync(beside, file);
    const open = lock ? "" : "\nIt lies open: whoever has it is signed in where the profile is.";
    const isBundle = format === "bundle";
    const record = { profileId: profile.id, file, format, ...exported, ...(isBundle && { settingsFrom }) };
    return { record, words: `Exported ${profile.name} to ${file}.${open}${isBundle ? note : ""}` };
  } catch (error) {
    rmSync(beside, { force: true });
    if (!(error instanceof ExportError)) throw error;
    const { title, whatToDo } = describeRunFailure(error.code);
    throw new CliError(error.code, 3, title, whatToDo);
  }
}

function isFolder(target: string): boolean {
  return /[/\\]$/.test(target) || (statSync(target, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

type Known = { settings: ProfileSettings; from: "server" | "runner" | "disk"; note: string };

/** As the server knows them, or else as the runner's own journal does; last by what is on the disk, which the note says. */
async function settingsOf({ home, id }: OwnProfile, { env }: CommandContext): Promise<Known> {
  try {
    const { settings } = await createApi(accessFrom(env, home)).get(`/profiles/${id}`, profileDetail);
    return { settings, from: "server", note: "" };
  } catch (error) {
    const why = error instanceof CliError ? ` (${error.message})` : "";
    const kept = profileSettings.safeParse(readSettings(home).get(id)?.settings);
    if (kept.success) {
      const note = `\nWhat it is like (engine, device, proxy) is as this runner knows it: the server did not say${why}.`;
      return { settings: kept.data, from: "runner", note };
    }
    const isDedicated = existsSync(path.join(home.profilesFolder, id, "user-data"));
    const note = `\nIts device and proxy are not in it: neither this runner knows them nor did the server say${why}. Who imports it gets a profile without.`;
    return { settings: { ...defaultSettings, engine: isDedicated ? "dedicated" : "shared" }, from: "disk", note };
  }
}
