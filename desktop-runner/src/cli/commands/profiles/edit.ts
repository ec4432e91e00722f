import { chunks } from "@deskhand/shared/chunks";
import { identityOs } from "@deskhand/shared/schemas/identity";
import type { deviceWish } from "@deskhand/shared/schemas/profile";
import { bulkResult, createProfilesInput, madeProfiles, PROFILES_AT_ONCE } from "@deskhand/shared/schemas/profile-bulk";
import { profileGroupView, profileSummary } from "@deskhand/shared/schemas/profile-group";
import type * as z from "zod";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { countWords } from "../../count-words.ts";
import { usageError } from "../../failure.ts";
import type { TargetFlags } from "../../filter-flags.ts";
import { requireOneOf } from "../../flag-values.ts";
import { accessFrom } from "../../settings.ts";
import { getRunner } from "../../sign-deployment.ts";
import { makeProfiles, runnerToMakeOn } from "./make-profiles.ts";
import { configureMany, tellRefused } from "./many.ts";
import { type LocaleFlags, readLocale, readWay, type SettingFlags } from "./setting-flags.ts";
import { findTargets } from "./targets.ts";

type Device = z.output<typeof deviceWish>;

export type CreateFlags = { runner?: string; count?: string; start?: string; tag?: string[]; group?: string } & DeviceFlags &
  Pick<SettingFlags, "proxy" | "pool">;
type DeviceFlags = { os?: string } & LocaleFlags;

/** `deskhand profiles create PATTERN --count N`: each a device of its own, all or none. */
export async function createMany(pattern: string, flags: CreateFlags, { env, output }: CommandContext): Promise<number> {
  const device = readDevice(flags);
  const api = createApi(accessFrom(env));
  const runnerId = await runnerToMakeOn(api, env, flags.runner);
  const given = { runnerId, pattern, ...(device && { device }) };
  const items = await makeProfiles(api, env, runnerId, ({ projectId }) => create(api, { ...given, projectId }, flags));
  for (const { id, name } of items) output.tell({ type: "profile", profileId: id, name }, `Created: ${name}`);
  output.result({ profileIds: items.map(({ id }) => id) }, `${items.length} created.`);
  return 0;
}

/** The devices that were asked for; undefined when nothing was said of them. @throws CliError for a language or time zone that is none */
function readDevice({ os: typed, ...said }: DeviceFlags): Device | undefined {
  const os = requireOneOf("system", typed, identityOs.options);
  const device = { ...(os && { os }), ...readLocale(said) };
  return Object.keys(device).length === 0 ? undefined : device;
}

type Given = { projectId: string; runnerId: string; pattern: string; device?: Device };

async function create(api: Api, given: Given, flags: CreateFlags) {
  const groupId = flags.group === undefined ? undefined : await groupCalled(api, given.projectId, flags.group);
  const proxy = await readWay(api, flags);
  const wanted = createProfilesInput.safeParse({
    ...given,
    count: Number(flags.count ?? 1),
    start: Number(flags.start ?? 1),
    tags: flags.tag ?? [],
    ...(groupId && { groupId }),
    ...(proxy && { proxy }),
  });
  if (!wanted.success) {
    const [issue] = wanted.error.issues;
    throw usageError(`${issue?.path.join(".")}: ${issue?.message}`, `For example: --count 10, at most ${PROFILES_AT_ONCE}`);
  }
  return (await api.post("/profiles/many/create", wanted.data, madeProfiles)).items;
}

export type EditFlags = TargetFlags & { addTag?: string[]; removeTag?: string[]; group?: string | false; notes?: string } & Pick<
    SettingFlags,
    "proxy" | "pool"
  >;

/** `deskhand profiles edit NAME…`: tags, notes, the group and the way to the network of several. */
export async function editProfiles(names: string[], flags: EditFlags, { env, output }: CommandContext): Promise<number> {
  const { addTag = [], removeTag = [], group, notes, proxy, pool, ...which } = flags;
  const isDescribed = addTag.length + removeTag.length > 0 || group !== undefined || notes !== undefined;
  if (!isDescribed && proxy === undefined && pool === undefined)
    throw usageError("Nothing is to be changed.", "For example: --add-tag warm");
  const api = createApi(accessFrom(env));
  const way = await readWay(api, { ...(proxy !== undefined && { proxy }), ...(pool !== undefined && { pool }) });
  const targets = await findTargets(api, names, which);
  const refused = way ? await configureMany(api, env, targets, { proxy: way }) : [];
  const { projectId } = targets[0] && isDescribed ? await getRunner(api, targets[0].runnerId) : { projectId: "" };
  const groupId = typeof group === "string" ? await groupCalled(api, projectId, group) : group === false ? null : undefined;
  const changes = {
    addTags: addTag,
    removeTags: removeTag,
    ...(groupId !== undefined && { groupId }),
    ...(notes !== undefined && { notes }),
  };
  // one whose way stays as it is stays so in all
  const ids = without(targets, refused);
  for (const some of isDescribed ? chunks(ids, PROFILES_AT_ONCE) : []) {
    refused.push(...(await api.post("/profiles/many/edit", { projectId, ids: some, ...changes }, bulkResult)).refused);
  }
  const end = tellRefused(refused, "changed", output);
  const profileIds = without(targets, refused);
  output.result({ profileIds, done: profileIds.length, refused: refused.length }, `${countWords(profileIds.length, "profile")} changed.`);
  return end;
}

function without(targets: readonly { id: string }[], refused: readonly { id: string }[]): string[] {
  const kept = new Set(refused.map(({ id }) => id));
  return targets.map(({ id }) => id).filter((id) => !kept.has(id));
}

/** Made when there is none of this name. */
async function groupCalled(api: Api, projectId: string, name: string): Promise<string> {
  const { groups } = await api.get("/profile-groups", profileSummary);
  const known = groups.find((group) => group.name.toLowerCase() === name.toLowerCase());
  return known?.id ?? (await api.post("/profile-groups", { projectId, name }, profileGroupView)).id;
}
