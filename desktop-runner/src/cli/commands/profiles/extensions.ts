import { statSync } from "node:fs";
import path from "node:path";
import { profileDetail } from "@deskhand/shared/schemas/profile";
import { type ProfileEngine, profileEngine } from "@deskhand/shared/schemas/profile-settings";
import { readSettings } from "../../../backup/content/profile-settings.ts";
import { addExtension, type Extension, ExtensionError, listExtensions, removeExtension } from "../../../profiles/extensions.ts";
import { createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { countWords } from "../../count-words.ts";
import { CliError, usageError } from "../../failure.ts";
import { findOwnProfile, type OwnProfile } from "../../own-profile.ts";
import { accessFrom } from "../../settings.ts";

const line = ({ folder, name, version }: Extension) => `${folder}  ${name} ${version}`;

/** `deskhand profiles extensions list NAME` */
export async function listOwnExtensions(wanted: string, _flags: object, context: CommandContext): Promise<number> {
  const { home, id } = await findOwnProfile(wanted, context);
  const extensions = await listExtensions(path.join(home.profilesFolder, id));
  for (const extension of extensions) context.output.tell({ type: "extension", ...extension }, line(extension));
  const words = extensions.length === 0 ? "It has no extensions." : undefined;
  context.output.result({ profileId: id, count: extensions.length }, words);
  return 0;
}

/** `deskhand profiles extensions add NAME FOLDER`: only a browser of the profile's own can have them. */
export async function addOwnExtension(wanted: string, folder: string, _flags: object, context: CommandContext): Promise<number> {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw usageError(`There is no folder ${folder}.`, "An extension is added as the folder with its manifest.json, unpacked.");
  const profile = await findOwnProfile(wanted, context);
  if ((await engineOf(profile, context)) === "shared") {
    throw new CliError(
      "NOT_POSSIBLE",
      3,
      "Profiles of the shared engine cannot have extensions.",
      `Give it an engine of its own first: deskhand profiles configure "${profile.name}" --engine dedicated`,
    );
  }
  const added = await told(addExtension(path.join(profile.home.profilesFolder, profile.id), folder));
  context.output.result({ profileId: profile.id, ...added }, `${profile.name} has ${added.name} ${added.version} from its next start on.`);
  return 0;
}

/** `deskhand profiles extensions remove NAME FOLDER`, as `list` shows it. */
export async function removeOwnExtension(wanted: string, folder: string, _flags: object, context: CommandContext): Promise<number> {
  const { home, id, name } = await findOwnProfile(wanted, context);
  await told(removeExtension(path.join(home.profilesFolder, id), folder));
  context.output.result({ profileId: id, folder, removed: true }, `${name} is without it from its next start on.`);
  return 0;
}

/** For one line, those that this computer's copy of the profile has. */
export function extensionWords(extensions: readonly Extension[]): string {
  if (extensions.length === 0) return "";
  const names = extensions.slice(0, 5).map(({ name, version }) => `${name} ${version}`);
  return `${names.join(", ")}${extensions.length > 5 ? ` and ${countWords(extensions.length - 5, "other")}` : ""}`;
}

/** As the server knows it; without one, as the runner does. */
async function engineOf({ home, id }: OwnProfile, { env }: CommandContext): Promise<ProfileEngine> {
  try {
    return (await createApi(accessFrom(env, home)).get(`/profiles/${id}`, profileDetail)).settings.engine;
  } catch {
    return profileEngine.catch("shared").parse(readSettings(home).get(id)?.settings.engine);
  }
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ExtensionError)) throw error;
    switch (error.code) {
      case "NOT_AN_EXTENSION":
        throw usageError(`This is not an extension that a browser would load. ${error.message}`, "Name the folder of an unpacked one.");
      case "EXTENSION_TOO_LARGE":
        throw usageError("The extension is larger than 500 MB, or has more than 20,000 files.", "Name the folder that holds nothing else.");
      case "EXTENSION_UNKNOWN":
        throw usageError("The profile has no such extension.", "`deskhand profiles extensions list NAME` shows them.");
      case "PROFILE_BUSY":
        throw new CliError("PROFILE_BUSY", 3, "The profile is in use.", "Wait until it is free, then try again.");
    }
  }
}
