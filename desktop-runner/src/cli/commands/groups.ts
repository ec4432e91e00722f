import { done } from "@deskhand/shared/schemas/common";
import { profileSort, savedFilterList, savedFilterView, sortDirection } from "@deskhand/shared/schemas/profile-filter";
import { type ProfileGroupView, profileGroupView, profileSummary } from "@deskhand/shared/schemas/profile-group";
import { type Api, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { countWords } from "../count-words.ts";
import { usageError } from "../failure.ts";
import type { FilterFlags } from "../filter-flags.ts";
import { accessFrom } from "../settings.ts";
import { readFilter } from "./profiles/targets.ts";

/** `deskhand groups list` */
export async function listGroups({ env, output }: CommandContext): Promise<number> {
  const { groups, ungrouped, total } = await createApi(accessFrom(env)).get("/profile-groups", profileSummary);
  for (const group of groups)
    output.tell({ type: "group", ...group }, `${group.id}  ${group.name}  ${countWords(group.profiles, "profile")}`);
  output.result({ count: groups.length, ungrouped, total }, `${countWords(ungrouped, "profile")} in no group, ${total} in all.`);
  return 0;
}

/** `deskhand groups create NAME` */
export async function createGroup(name: string, { env, output }: CommandContext): Promise<number> {
  const group = await createApi(accessFrom(env)).post("/profile-groups", { name }, profileGroupView);
  output.result({ ...group }, `Made: ${group.name}`);
  return 0;
}

/** `deskhand groups rename GROUP NAME` */
export async function renameGroup(wanted: string, name: string, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id } = await findGroup(api, wanted);
  await api.patch(`/profile-groups/${id}`, { name }, done);
  output.result({ groupId: id, name }, `Renamed: ${name}`);
  return 0;
}

/** `deskhand groups delete GROUP`: its profiles stay. */
export async function deleteGroup(wanted: string, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id, name } = await findGroup(api, wanted);
  await api.delete(`/profile-groups/${id}`, {}, done);
  output.result({ groupId: id, deleted: true }, `Ended: ${name}. Its profiles are in no group now.`);
  return 0;
}

/** By its id or name. @throws CliError USAGE when there is none */
async function findGroup(api: Api, wanted: string): Promise<ProfileGroupView> {
  const { groups } = await api.get("/profile-groups", profileSummary);
  const found = groups.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase());
  if (!found) throw usageError(`There is no group called "${wanted}".`, "`deskhand groups list` shows them.");
  return found;
}

/** `deskhand filters list`: your own. */
export async function listFilters({ env, output }: CommandContext): Promise<number> {
  const { items } = await createApi(accessFrom(env)).get("/saved-filters", savedFilterList);
  for (const kept of items) output.tell({ type: "filter", ...kept }, `${kept.name}  ${JSON.stringify(kept.filter)}`);
  output.result({ count: items.length }, items.length === 0 ? "You keep no filters." : undefined);
  return 0;
}

/** `deskhand filters keep NAME`: in place of one of this name. */
export async function keepFilter(
  name: string,
  flags: FilterFlags & { sort?: string; direction?: string },
  { env, output }: CommandContext,
): Promise<number> {
  const sort = profileSort.optional().safeParse(flags.sort);
  const direction = sortDirection.optional().safeParse(flags.direction);
  if (!sort.success || !direction.success)
    throw usageError("That is no order.", `--sort is one of ${profileSort.options.join(", ")}; --direction is asc or desc.`);
  const api = createApi(accessFrom(env));
  const filter = await readFilter(api, flags);
  const kept = await api.post("/saved-filters", { name, filter, sort: sort.data, direction: direction.data }, savedFilterView);
  output.result({ ...kept }, `Kept: ${kept.name}`);
  return 0;
}

/** `deskhand filters forget NAME` */
export async function forgetFilter(name: string, { env, output }: CommandContext): Promise<number> {
  await createApi(accessFrom(env)).post("/saved-filters/delete", { name }, done);
  output.result({ name, forgotten: true }, `Forgotten: ${name}`);
  return 0;
}
