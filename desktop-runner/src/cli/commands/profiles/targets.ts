import { chunks } from "@deskhand/shared/chunks";
import { PROFILES_AT_ONCE, type ProfileTarget, targetList } from "@deskhand/shared/schemas/profile-bulk";
import { type ProfileFilter, profileFilter, savedFilterList } from "@deskhand/shared/schemas/profile-filter";
import { profileSummary } from "@deskhand/shared/schemas/profile-group";
import { poolList } from "@deskhand/shared/schemas/proxy";
import type { Api } from "../../api.ts";
import { usageError } from "../../failure.ts";
import { type FilterFlags, isAboutMany, type TargetFlags } from "../../filter-flags.ts";
import { findProfile, findRunner, isId } from "../../lookup.ts";
import { allProxies, pickProxy } from "../proxies.ts";

/** @throws CliError USAGE for what there is not */
export async function readFilter(api: Api, flags: FilterFlags): Promise<ProfileFilter> {
  const { search, tag: tags, anyTag, state, engine } = flags;
  const runnerId = flags.runner ? (await findRunner(api, flags.runner)).id : undefined;
  const groupId = flags.inGroup === undefined ? undefined : await groupIdOf(api, flags.inGroup);
  const through = flags.through === undefined ? undefined : await wayIdOf(api, flags.through);
  const said = { search, tags, tagMode: anyTag ? "any" : undefined, state, engine, through, runnerId, groupId };
  const given = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const read = profileFilter.safeParse({ ...(flags.filter === undefined ? {} : await keptFilter(api, flags.filter)), ...given });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw usageError(`${issue?.path.join(".")}: ${issue?.message}`, "`deskhand help profiles list` shows what can be said.");
}

/**
 * Those that are named; or with `--all` or a filter all that match. `deleted`: of those that were deleted, which are named by their ids.
 * @throws CliError USAGE when neither or both are said
 */
export async function findTargets(api: Api, names: readonly string[], flags: TargetFlags, deleted = false): Promise<ProfileTarget[]> {
  const isFiltered = isAboutMany(flags);
  if (names.length > 0 === isFiltered) throw usageError("Say which profiles.", "Either give their names, or --all, or what they have.");
  if (!isFiltered) return namedTargets(api, names, flags.runner, deleted);
  const filter = await readFilter(api, flags);
  const found: ProfileTarget[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await api.post("/profiles/many/find", { filter, ...(deleted && { deleted }), ...(after ? { after } : {}) }, targetList);
    found.push(...page.items);
    after = page.next;
  }
  return found;
}

async function namedTargets(api: Api, names: readonly string[], runner: string | undefined, deleted: boolean): Promise<ProfileTarget[]> {
  const runnerId = runner ? (await findRunner(api, runner)).id : undefined;
  const ids = new Set<string>();
  for (const name of names) {
    if (deleted && !isId(name)) throw usageError(`"${name}" is not a profile's id.`, "`deskhand profiles list --deleted` shows them.");
    ids.add(deleted ? name.toLowerCase() : (await findProfile(api, name, runnerId)).id);
  }
  const found: ProfileTarget[] = [];
  for (const some of chunks([...ids], PROFILES_AT_ONCE)) {
    found.push(...(await api.post("/profiles/many/find", { ids: some, ...(deleted && { deleted }) }, targetList)).items);
  }
  return found;
}

async function groupIdOf(api: Api, name: string): Promise<string> {
  if (name === "none") return name;
  const { groups } = await api.get("/profile-groups", profileSummary);
  const found = groups.find((group) => group.id === name || group.name.toLowerCase() === name.toLowerCase());
  if (!found) throw usageError(`There is no group called "${name}".`, "`deskhand groups list` shows them.");
  return found.id;
}

/** Of a pool or a proxy, in this order: there are fewer pools, and people name them. */
async function wayIdOf(api: Api, wanted: string): Promise<string> {
  if (wanted === "none" || isId(wanted)) return wanted.toLowerCase();
  const { items: pools } = await api.get("/proxy-pools", poolList);
  const pool = pools.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  return pool?.id ?? pickProxy(await allProxies(api), wanted).id;
}

async function keptFilter(api: Api, name: string): Promise<object> {
  const { items } = await api.get("/saved-filters", savedFilterList);
  const found = items.find((kept) => kept.name.toLowerCase() === name.toLowerCase());
  if (!found) throw usageError(`You keep no filter called "${name}".`, "`deskhand filters list` shows them.");
  return found.filter;
}
