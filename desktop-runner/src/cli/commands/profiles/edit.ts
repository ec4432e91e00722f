import { bulkResult, createProfilesInput, madeProfiles, PROFILES_AT_ONCE } from "@deskhand/shared/schemas/profile-bulk";
import { profileGroupView, profileSummary } from "@deskhand/shared/schemas/profile-group";
import { type Api, createApi } from "../../api.ts";
import type { CommandContext } from "../../command.ts";
import { usageError } from "../../failure.ts";
import { findProfile, findRunner } from "../../lookup.ts";
import { accessFrom } from "../../settings.ts";
import { makeProfiles, runnerToMakeOn } from "./make-profiles.ts";
import { readWay, type SettingFlags } from "./setting-flags.ts";

export type CreateFlags = { runner?: string; count?: string; start?: string; tag?: string[]; group?: string } & Pick<
  SettingFlags,
  "proxy" | "pool"
>;

/** `deskhand profiles create PATTERN --count N`: each a device of its own, all or none. */
export async function createMany(pattern: string, flags: CreateFlags, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const runnerId = await runnerToMakeOn(api, env, flags.runner);
  const items = await makeProfiles(api, env, runnerId, ({ projectId }) => create(api, { projectId, runnerId, pattern }, flags));
  for (const { id, name } of items) output.tell({ type: "profile", profileId: id, name }, `Created: ${name}`);
  output.result({ profileIds: items.map(({ id }) => id) }, `${items.length} created.`);
  return 0;
}

async function create(api: Api, given: { projectId: string; runnerId: string; pattern: string }, flags: CreateFlags) {
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

export type EditFlags = { runner?: string; addTag?: string[]; removeTag?: string[]; group?: string | false; notes?: string };

/** `deskhand profiles edit NAME…`: tags, notes and the group of several, all or none. */
export async function editProfiles(names: string[], flags: EditFlags, { env, output }: CommandContext): Promise<number> {
  const { addTag = [], removeTag = [], group, notes } = flags;
  if (addTag.length + removeTag.length === 0 && group === undefined && notes === undefined)
    throw usageError("Nothing is to be changed.", "For example: --add-tag warm");
  const api = createApi(accessFrom(env));
  const runnerId = flags.runner ? (await findRunner(api, flags.runner)).id : undefined;
  const found = [];
  for (const name of names) found.push(await findProfile(api, name, runnerId));
  const projectId = found[0]?.projectId ?? "";
  const groupId = typeof group === "string" ? await groupCalled(api, projectId, group) : group === false ? null : undefined;
  const changes = {
    addTags: addTag,
    removeTags: removeTag,
    ...(groupId !== undefined && { groupId }),
    ...(notes !== undefined && { notes }),
  };
  const { done } = await api.post("/profiles/many/edit", { projectId, ids: found.map(({ id }) => id), ...changes }, bulkResult);
  output.result({ profileIds: found.map(({ id }) => id), done }, `${done} changed.`);
  return 0;
}

/** Made when there is none of this name. */
async function groupCalled(api: Api, projectId: string, name: string): Promise<string> {
  const { groups } = await api.get("/profile-groups", profileSummary);
  const known = groups.find((group) => group.name.toLowerCase() === name.toLowerCase());
  return known?.id ?? (await api.post("/profile-groups", { projectId, name }, profileGroupView)).id;
}
