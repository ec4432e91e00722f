import { chunks } from "@deskhand/shared/chunks";
import { PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import { done } from "@deskhand/shared/schemas/common";
import { bulkResult, DELETED_KEPT_MS, type ProfileTarget, type RefusedProfile } from "@deskhand/shared/schemas/profile-bulk";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { Configured } from "@deskhand/shared/signing/configure-made";
import { configureMost } from "@deskhand/shared/signing/configure-most";
import { orderManifest, signManifest } from "@deskhand/shared/signing/make-manifest";
import { runnerHome } from "../../../identity/home.ts";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { countWords } from "../../count-words.ts";
import { CliError } from "../../failure.ts";
import type { TargetFlags } from "../../filter-flags.ts";
import { accessFrom } from "../../settings.ts";
import { approvedKey, getRunner } from "../../sign-deployment.ts";
import { findTargets } from "./targets.ts";

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

/** Gives each the same settings where they are named; the others stay. @returns those that were not changed */
export function configureMany(
  api: Api,
  env: CommandContext["env"],
  targets: ProfileTarget[],
  changes: Partial<ProfileSettings>,
): Promise<RefusedProfile[]> {
  return inParts(api, env, targets, async ({ projectId, runnerId, profiles, sign }) => {
    const changed = profiles.map(({ id, revision, settings }) => ({
      profileId: id,
      revision: revision + 1,
      settings: { ...settings, ...changes },
    }));
    const send = async (some: Configured[]) => {
      const signed = await sign("profile.configure", { profiles: some });
      await api.post("/profiles/configure", { projectId, runnerId, profiles: some, ...signed }, done);
    };
    return configureMost(changed, send, (error) => (error instanceof CliError ? error.details : undefined));
  });
}

/** Tells which were refused, each with its code. @returns how the command ends */
export function tellRefused(refused: readonly RefusedProfile[], past: string, output: CommandContext["output"]): number {
  for (const { id, name, code } of refused) output.tell({ type: "refused", profileId: id, name, code }, `${name} was not ${past}: ${code}`);
  return refused.length > 0 ? 1 : 0;
}

async function changeMany(
  names: string[],
  flags: TargetFlags,
  { env, output }: CommandContext,
  { deleted, past }: { deleted: boolean; past: string },
  work: (api: Api, some: Some) => Promise<RefusedProfile[]>,
): Promise<number> {
  const api = createApi(accessFrom(env));
  const targets = await findTargets(api, names, flags, deleted);
  const refused = await inParts(api, env, targets, (some) => work(api, some));
  const end = tellRefused(refused, past, output);
  const count = targets.length - refused.length;
  output.result({ done: count, refused: refused.length }, `${countWords(count, "profile")} ${past}.`);
  return end;
}

/**
 * A runner after the other, as many at a time as one signature may name. What keeps one runner's profiles from it keeps no others.
 * @returns those that were refused @throws CliError what kept all of them from it
 */
async function inParts(
  api: Api,
  env: CommandContext["env"],
  targets: ProfileTarget[],
  work: (some: Some) => Promise<RefusedProfile[]>,
): Promise<RefusedProfile[]> {
  const refused: RefusedProfile[] = [];
  const left = new Set(targets);
  let problem: CliError | undefined;
  for (const [runnerId, own] of Map.groupBy(targets, (target) => target.runnerId)) {
    try {
      const runner = await getRunner(api, runnerId);
      const key = await approvedKey(api, runnerHome(env), runner);
      const sign = async (kind: Kind, payload: object) =>
        key ? { signedManifest: await signManifest(key, await orderManifest(runnerId, kind, payload)) } : {};
      for (const profiles of chunks(own, PROFILES_PER_TASK)) {
        refused.push(...(await work({ projectId: runner.projectId, runnerId, profiles, sign })));
        for (const profile of profiles) left.delete(profile);
      }
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      problem ??= error;
      const { code } = error;
      refused.push(...own.filter((profile) => left.has(profile)).map(({ id, name }) => ({ id, name, code })));
    }
  }
  if (problem && left.size === targets.length) throw problem;
  return refused;
}
