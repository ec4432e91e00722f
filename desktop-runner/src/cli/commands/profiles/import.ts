import { createReadStream, statSync } from "node:fs";
import path from "node:path";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";
import { readSettings } from "../../../backup/content/profile-settings.ts";
import { loadIdentity } from "../../../identity/identity.ts";
import { ImportError, type Imported, importProfile, settledBy } from "../../../profiles/import-profile.ts";
import { importUserData, UserDataError } from "../../../profiles/import-user-data.ts";
import { createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { countWords } from "../../count-words.ts";
import { CliError, usageError } from "../../failure.ts";
import { noteSaved } from "../../local-page.ts";
import { findOwnProfile, type OwnProfile } from "../../own-profile.ts";
import { accessFrom } from "../../settings.ts";
import { setUp } from "./change.ts";
import { passphraseFor } from "./passphrase.ts";

export type ImportFlags = { replace?: boolean; chromeProfile?: string; runner?: string };

/** `deskhand profiles import NAME FILE`: cookies, a storage state, a bundle, or the folder of a Chrome. With `--runner` on its computer. */
export async function importFile(wanted: string, file: string, flags: ImportFlags, context: CommandContext): Promise<number> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw usageError(`There is no file ${file}.`, "Check the path.");
  if (flags.runner !== undefined) {
    if (found.isDirectory()) throw usageError("The folder of a Chrome is taken in on the runner's own computer.", "Run this there.");
    const { importRemotely } = await import("./transfer.ts");
    return importRemotely(wanted, file, { ...flags, runner: flags.runner }, context);
  }
  const profile = await findOwnProfile(wanted, context);
  return found.isDirectory() ? importFolder(profile, file, flags, context) : importOne(profile, file, flags, context);
}

async function importOne(profile: OwnProfile, file: string, flags: ImportFlags, context: CommandContext): Promise<number> {
  const { output } = context;
  const passphrase = await passphraseFor(file, context);
  const identity = loadIdentity(profile.home)?.keys.file.ageIdentity;
  const profileDir = path.join(profile.home.profilesFolder, profile.id);
  const mode = flags.replace ? "replace" : "merge";
  let imported: Imported;
  try {
    imported = await importProfile(createReadStream(file), {
      profileDir,
      mode,
      keys: { identity, passphrase },
    });
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    const { code, problems, more } = error;
    for (const problem of problems) output.tell({ type: "problem", ...problem }, `${problem.where}: ${problem.reason}`);
    if (more > 0) output.tell({ type: "problems", more }, `… and ${more} more`);
    const { title, whatToDo } = describeRunFailure(code);
    throw new CliError(code, 2, title, whatToDo);
  }
  const { settings, move: _, ...facts } = imported;
  const engine = readSettings(profile.home).get(profile.id)?.settings.engine === "dedicated" ? "dedicated" : "shared";
  await noteSaved(profile.home, profile.id, facts.bytes, settledBy(facts.format, mode, { engine }));
  const configured = settings ? await configure(profile, settings, context) : true;
  const note = configured
    ? ""
    : "\nWhat the profile was like (engine, identity, proxy) was not set: there is no API key. Log in, then import it again.";
  output.result(
    { profileId: profile.id, ...facts, configured },
    `Imported into ${profile.name}: ${countWords(facts.cookies, "cookie")}, ${countWords(facts.origins, "site")}${facts.userData ? ", a browser's folder" : ""}.${note}`,
  );
  return 0;
}

async function importFolder(profile: OwnProfile, folder: string, { chromeProfile }: ImportFlags, context: CommandContext): Promise<number> {
  const profileDir = path.join(profile.home.profilesFolder, profile.id);
  try {
    const { stateBytes, ...imported } = await importUserData({ folder, chromeProfile, profileDir });
    if (stateBytes !== null) await noteSaved(profile.home, profile.id, stateBytes);
    const configured = await configure(profile, { engine: "dedicated" }, context);
    const { count, locked } = imported.cookies;
    const lines = [`Imported into ${profile.name}: ${imported.files} files, ${count - locked} of ${count} cookies.`];
    if (locked > 0)
      lines.push(
        `${locked} cookies do not come along: they are sealed with a key of this system's keyring. Sign in again where they are missed.`,
      );
    if (!configured) lines.push("Now give it an engine of its own: deskhand profiles configure NAME --engine dedicated");
    context.output.result({ profileId: profile.id, ...imported, configured }, lines.join("\n"));
    return 0;
  } catch (error) {
    if (!(error instanceof UserDataError)) throw error;
    throw refusal(error);
  }
}

/** False when there is no key to do it with. */
async function configure(profile: OwnProfile, settings: Partial<ProfileSettings>, { env }: CommandContext): Promise<boolean> {
  let access: ReturnType<typeof accessFrom>;
  try {
    access = accessFrom(env, profile.home);
  } catch {
    return false;
  }
  await setUp(createApi(access), env, profile.id, settings);
  return true;
}

function refusal({ code, choices }: UserDataError): CliError {
  switch (code) {
    case "NOT_USER_DATA":
      return usageError(
        "This is not the user-data folder of a Chrome or Chromium.",
        'It is the folder with "Local State" in it, like ~/.config/google-chrome.',
      );
    case "CHOOSE_PROFILE":
      return usageError(
        "There are several profiles in this folder, or none of that name.",
        `Say which: --chrome-profile ${choices.map(({ folder, name }) => `"${folder}" (${name})`).join(", ")}`,
        { choices },
      );
    case "CHROME_RUNNING":
      return new CliError("CHROME_RUNNING", 3, "Chrome runs on this folder.", "Close all its windows, then import it again.");
    case "PROFILE_BUSY":
      return new CliError("PROFILE_BUSY", 3, "The profile is in use.", "Wait until it is free, then try again.");
  }
}
