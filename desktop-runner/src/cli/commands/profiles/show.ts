import path from "node:path";
import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { type ProfileDetail, profileDetail } from "@deskhand/shared/schemas/profile";
import { describeNotice } from "@deskhand/shared/schemas/profile-notice";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { runnerHome } from "../../../identity/home.ts";
import { loadPairing } from "../../../identity/pairing-file.ts";
import { type Extension, listExtensions } from "../../../profiles/extensions.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { findProfile, findRunner } from "../../lookup.ts";
import { accessFrom } from "../../settings.ts";
import { extensionWords } from "./extensions.ts";
import { facts } from "./list.ts";
import { wayWords } from "./setting-flags.ts";

/** `deskhand profiles show NAME`: what it is and is like. */
export async function showProfile(wanted: string, flags: { runner?: string }, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const runnerId = flags.runner ? (await findRunner(api, flags.runner)).id : undefined;
  const { id } = await findProfile(api, wanted, runnerId);
  const profile = await api.get(`/profiles/${id}`, profileDetail);
  const home = runnerHome(env);
  // they lie on its runner's computer, and nowhere else
  const isHere = loadPairing(home)?.runnerId === profile.runnerId;
  const extensions = isHere ? await listExtensions(path.join(home.profilesFolder, id)) : null;
  const shown = { ...facts(profile), settings: profile.settings, extensions };
  output.result(shown, output.json ? undefined : await describe(api, profile, extensions ?? []));
  return 0;
}

async function describe(api: Api, profile: ProfileDetail, extensions: readonly Extension[]): Promise<string> {
  const { holder, settings, stateSavedAt, stateBytes } = profile;
  const rows: [string, string | null | undefined][] = [
    ["Profile", `"${profile.name}" (${profile.id})`],
    ["Runner", `${profile.runnerName}${profile.runnerOnline ? "" : ", offline"}`],
    ["Engine", settings.engine],
    ["State", stateSavedAt ? `saved ${stateSavedAt}, ${bytesWords(stateBytes ?? 0)}` : "never used"],
    ["In use", holder ? `by a ${holder.kind} since ${holder.since}` : "by nobody"],
    ["Group", profile.groupName],
    ["Tags", profile.tags.join(", ")],
    ["Notes", profile.notes],
    ["Device", device(settings)],
    ["Extensions", extensionWords(extensions)],
    ["Proxy", await wayWords(api, settings)],
    ["Mind", profile.stateFlags.join(", ")],
    ...profile.notices.map((notice): [string, string] => ["Happened", `${describeNotice(notice)} (${notice.at})`]),
  ];
  return rows.flatMap(([name, words]) => (words ? [`${name.padEnd(12)}${words}`] : [])).join("\n");
}

function device({ identity }: ProfileSettings): string {
  if (!identity) return "the browser as it is";
  const { os, languages, timeZone, screen } = identity;
  return `${os}, ${languages.join(" ")}, ${timeZone}, ${screen.width}×${screen.height}`;
}
