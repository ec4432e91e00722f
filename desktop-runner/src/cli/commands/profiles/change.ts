import { convertResult } from "@deskhand/shared/protocol/tasks";
import { done } from "@deskhand/shared/schemas/common";
import { createdProfile, profileDetail, profileView } from "@deskhand/shared/schemas/profile";
import type { ProfileEngine, ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import {
  describeLeftBehind,
  isLeftBehind,
  type LeftBehind,
  needsConversion,
  whatStaysBehind,
} from "@deskhand/shared/schemas/what-stays-behind";
import { deleteProfileManifest } from "@deskhand/shared/signing/make-manifest";
import type * as z from "zod";
import { runnerHome } from "../../../identity/home.ts";
import { loadPairing } from "../../../identity/pairing-file.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../failure.ts";
import { findProfile, findRunner, isId } from "../../lookup.ts";
import { orderProfile } from "../../order-profile.ts";
import { accessFrom } from "../../settings.ts";
import { getRunner, signFor } from "../../sign-deployment.ts";
import { signOrder } from "../../sign-order.ts";
import { facts } from "./list.ts";
import { makeProfiles, runnerToMakeOn } from "./make-profiles.ts";
import { changesFrom, type SettingFlags } from "./setting-flags.ts";

type OnRunner = { runner?: string };

/** A folder with many sites takes its time, milliseconds. */
const convertMs = 10 * 60_000;

/** `deskhand profiles create NAME`: on the runner that is named, else on this computer's. */
export async function createProfile(name: string, flags: OnRunner, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const runnerId = await runnerToMakeOn(api, env, flags.runner);
  const [made] = await makeProfiles(api, env, runnerId, async () => [await api.post("/profiles", { name, runnerId }, createdProfile)]);
  if (!made) return 0;
  const { toSign, ...profile } = made;
  const revision = toSign ? { revision: 1 } : {};
  output.result(facts({ ...profile, ...revision }), `Created: ${profile.name} on ${profile.runnerName}`);
  return 0;
}

/** `deskhand profiles rename NAME NEW-NAME` */
export async function renameProfile(wanted: string, name: string, flags: OnRunner, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id } = await find(api, wanted, flags);
  const profile = await api.patch(`/profiles/${id}`, { name }, profileView);
  output.result(facts(profile), `Renamed: ${profile.name}`);
  return 0;
}

/** `deskhand profiles configure NAME`: what is not named stays as it is. What an engine's folder holds is brought over before it is changed. */
export async function configureProfile(wanted: string, flags: OnRunner & SettingFlags, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id } = await find(api, wanted, flags);
  const profile = await api.get(`/profiles/${id}`, profileDetail);
  const changes = await changesFrom(api, flags, profile);
  const staysBehind = changes.engine ? await bringOver(api, env, profile, changes.engine) : [];
  const { revision, settings } = await setUp(api, env, id, changes);
  const lines = [changes.engine ? `Its engine is ${settings.engine} from its next start on.` : "Changed, from its next start on."];
  if (staysBehind.length > 0)
    lines.push(
      "Cookies, storage and databases came along. This stayed behind:",
      ...staysBehind.map((kind) => `  ${describeLeftBehind(kind)}`),
    );
  output.result({ profileId: id, revision, settings, staysBehind }, lines.join("\n"));
  return 0;
}

type Detail = z.output<typeof profileDetail>;

/** @returns what does not come along to that engine */
async function bringOver(api: Api, env: CommandContext["env"], profile: Detail, to: ProfileEngine): Promise<LeftBehind[]> {
  const from = profile.settings.engine;
  if (!needsConversion(from, to)) return whatStaysBehind(from, to, profile.stateFlags);
  const told = convertResult.parse(await orderProfile(api, env, profile, { kind: "convert", to }, convertMs));
  return told.staysBehind.filter(isLeftBehind);
}

/** `deskhand profiles delete NAME` */
export async function deleteProfile(wanted: string, flags: OnRunner, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id, name, runnerId } = await find(api, wanted, flags);
  const signedManifest = await signFor(api, runnerHome(env), await getRunner(api, runnerId), () => deleteProfileManifest(runnerId, id));
  await api.delete(`/profiles/${id}`, { signedManifest }, done);
  output.result({ profileId: id, deleted: true }, `Deleted: ${name}. For 30 days it can be brought back: deskhand profiles restore ${id}`);
  return 0;
}

/** `deskhand profiles restore ID`: names of deleted profiles may have been given to others. */
export async function restoreProfile(id: string, flags: OnRunner, { env, output }: CommandContext): Promise<number> {
  if (!isId(id))
    throw usageError(`"${id}" is not a profile's id.`, "A deleted profile is named by its id, which `deskhand profiles delete` told.");
  const api = createApi(accessFrom(env));
  const home = runnerHome(env);
  const runnerId = flags.runner ? (await findRunner(api, flags.runner)).id : loadPairing(home)?.runnerId;
  // a signature names the runner, which the server does not tell of what is deleted
  const signed = runnerId ? await signOrder(api, home, runnerId, "profile.restore", { profileId: id }) : {};
  const profile = await api.post(`/profiles/${id}/restore`, signed, profileView);
  output.result(facts(profile), `Restored: ${profile.name} on ${profile.runnerName}`);
  return 0;
}

/** Changes what a profile is like. A setting that is not named stays as it is. */
export async function setUp(api: Api, env: CommandContext["env"], id: string, changes: Partial<ProfileSettings>) {
  const { projectId, runnerId, revision, settings: before } = await api.get(`/profiles/${id}`, profileDetail);
  const settings = { ...before, ...changes };
  const payload = { profiles: [{ profileId: id, revision: revision + 1, settings }] };
  const signed = await signOrder(api, runnerHome(env), runnerId, "profile.configure", payload);
  await api.post("/profiles/configure", { projectId, runnerId, ...payload, ...signed }, done);
  return { revision: revision + 1, settings };
}

async function find(api: Api, wanted: string, { runner }: OnRunner) {
  return findProfile(api, wanted, runner ? (await findRunner(api, runner)).id : undefined);
}
