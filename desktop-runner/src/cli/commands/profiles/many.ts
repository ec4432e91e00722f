import { chunks } from "@deskhand/shared/chunks";
import { PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import { done } from "@deskhand/shared/schemas/common";
import { bulkResult, DELETED_KEPT_MS, type ProfileTarget } from "@deskhand/shared/schemas/profile-bulk";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { orderManifest, signManifest } from "@deskhand/shared/signing/make-manifest";
import { runnerHome } from "../../../identity/home.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { countWords } from "../../count-words.ts";
import type { TargetFlags } from "../../filter-flags.ts";
import { accessFrom } from "../../settings.ts";
import { approvedKey, getRunner } from "../../sign-deployment.ts";
import { findTargets } from "./targets.ts";

type Refused = { id: string; name: string; code: string };
type Kind = "profile.configure" | "profiles.delete";
type Some = { projectId: string; runnerId: string; profiles: ProfileTarget[]; sign(kind: Kind, payload: object): Promise<object> };

/** `deskhand profiles delete` of several: those that are in use stay, and are told. */
export function deleteMany(names: string[], flags: TargetFlags, context: CommandContext): Promise<number> {
  return changeMany(names, flags, context, { deleted: false, past: "deleted" }, async (api, { projectId, profiles, sign }) => {
    const ids = profiles.filter(({ inUse }) => !inUse).map(({ id }) => id);
    const busy = profiles.filter(({ inUse }) => inUse).map(({ id, name }) => ({ id, name, code: "PROFILE_IN_USE" }));
    if (ids.length === 0) return busy;
    const signed = await sign("profiles.delete", { profileIds: ids, keepMs: DELETED_KEPT_MS });
    return [...busy, ...(await api.post("/profiles/many/delete", { projectId, ids, ...signed }, bulkResult)).refused];
  });
}

/** `deskhand profiles purge`: deleted ones, for good. */
export function purgeMany(ids: string[], flags: TargetFlags, context: CommandContext): Promise<number> {
  return changeMany(ids, flags, context, { deleted: true, past: "ended for good" }, async (api, { projectId, profiles, sign }) => {
    const profileIds = profiles.map(({ id }) => id);
    const signed = await sign("profiles.delete", { profileIds });
    return (await api.post("/profiles/many/purge", { projectId, ids: profileIds, ...signed }, bulkResult)).refused;
  });
}

/** Gives each the same settings where they are named; the others stay. */
export async function configureMany(api: Api, env: CommandContext["env"], targets: ProfileTarget[], changes: Partial<ProfileSettings>) {
  await inParts(api, env, targets, async ({ projectId, runnerId, profiles: own, sign }) => {
    const profiles = own.map(({ id, revision, settings }) => ({
      profileId: id,
      revision: revision + 1,
      settings: { ...settings, ...changes },
    }));
    const signed = await sign("profile.configure", { profiles });
    await api.post("/profiles/configure", { projectId, runnerId, profiles, ...signed }, done);
  });
}

async function changeMany(
  names: string[],
  flags: TargetFlags,
  { env, output }: CommandContext,
  { deleted, past }: { deleted: boolean; past: string },
  work: (api: Api, some: Some) => Promise<Refused[]>,
): Promise<number> {
  const api = createApi(accessFrom(env));
  const targets = await findTargets(api, names, flags, deleted);
  const refused: Refused[] = [];
  await inParts(api, env, targets, async (some) => {
    refused.push(...(await work(api, some)));
  });
  for (const { id, name, code } of refused) output.tell({ type: "refused", profileId: id, name, code }, `${name} was not ${past}: ${code}`);
  const count = targets.length - refused.length;
  output.result({ done: count, refused: refused.length }, `${countWords(count, "profile")} ${past}.`);
  return refused.length > 0 ? 1 : 0;
}

/** A runner after the other, as many at a time as one signature may name. */
async function inParts(api: Api, env: CommandContext["env"], targets: ProfileTarget[], work: (some: Some) => Promise<void>): Promise<void> {
  for (const [runnerId, own] of Map.groupBy(targets, (target) => target.runnerId)) {
    const runner = await getRunner(api, runnerId);
    const key = await approvedKey(api, runnerHome(env), runner);
    const sign = async (kind: Kind, payload: object) =>
      key ? { signedManifest: await signManifest(key, await orderManifest(runnerId, kind, payload)) } : {};
    for (const profiles of chunks(own, PROFILES_PER_TASK)) await work({ projectId: runner.projectId, runnerId, profiles, sign });
  }
}
