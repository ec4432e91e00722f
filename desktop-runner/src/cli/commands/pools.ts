import { randomUUID } from "node:crypto";
import { done } from "@deskhand/shared/schemas/common";
import { type PoolView, poolList, poolStrategy, poolView, putPoolInput } from "@deskhand/shared/schemas/proxy";
import { runnerHome } from "../../identity/home.ts";
import { type Api, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { accessFrom } from "../settings.ts";
import { acceptedRunners, signProxies } from "../sign-proxies.ts";
import { allProxies, pickProxy } from "./proxies.ts";

/** `deskhand pools list` */
export async function listPools({ env, output }: CommandContext): Promise<number> {
  const { items } = await createApi(accessFrom(env)).get("/proxy-pools", poolList);
  for (const pool of items) output.tell({ type: "pool", ...pool }, line(pool));
  output.result({ count: items.length }, items.length === 0 ? "There are no pools." : undefined);
  return 0;
}

export type PutPoolFlags = { proxy?: string[]; strategy?: string; coolDown?: string; rename?: string };

/** `deskhand pools put POOL`: makes a pool of this name, or changes the one that there is; what is not named stays as it is. */
export async function putPool(wanted: string, flags: PutPoolFlags, { env, output }: CommandContext): Promise<number> {
  const strategy = flags.strategy === undefined ? undefined : poolStrategy.safeParse(flags.strategy);
  if (strategy && !strategy.success) {
    throw usageError(`"${flags.strategy}" is not a way to choose.`, `It is one of: ${poolStrategy.options.join(", ")}.`);
  }
  const api = createApi(accessFrom(env));
  const before = (await api.get("/proxy-pools", poolList)).items.find(isCalled(wanted));
  if (!before && flags.proxy === undefined) throw usageError(`There is no pool "${wanted}" yet.`, "Name its proxies: --proxy NAME");
  const all = flags.proxy ? await allProxies(api) : [];
  const { id, revision, name, ...kept } = before ?? {
    id: randomUUID(),
    revision: 0,
    name: wanted,
    strategy: "sticky-profile",
    coolDownSeconds: 300,
    proxyIds: [],
  };
  const given = {
    strategy: strategy?.data ?? kept.strategy,
    coolDownSeconds: flags.coolDown === undefined ? kept.coolDownSeconds : Number(flags.coolDown),
    proxyIds: flags.proxy?.map((each) => pickProxy(all, each).id) ?? kept.proxyIds,
  };
  const read = putPoolInput.safeParse({ id, revision, name: flags.rename ?? name, ...given });
  if (!read.success) {
    const [issue] = read.error.issues;
    throw usageError(`${issue?.path.join(".")}: ${issue?.message}`, "`deskhand help pools put` shows how it is used.");
  }
  const { projectId: _, signed: __, ...body } = read.data;
  const order = { id, revision: revision + 1, ...given, strategy: body.strategy };
  const signed = await signProxies(api, runnerHome(env), await acceptedRunners(api), { proxies: [], pools: [order], removed: [] });
  const pool = await api.put(`/proxy-pools/${id}`, { ...body, signed }, poolView);
  output.result({ ...pool }, `${before ? "Changed" : "Made"}: ${line(pool)}`);
  return 0;
}

/** `deskhand pools delete POOL`: not its proxies; not one that a profile names. */
export async function deletePool(wanted: string, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { id, name } = await findPool(api, wanted);
  const signed = await signProxies(api, runnerHome(env), await acceptedRunners(api), { proxies: [], pools: [], removed: [id] });
  await api.post(`/proxy-pools/${id}/delete`, { signed }, done);
  output.result({ poolId: id, deleted: true }, `Deleted: ${name}`);
  return 0;
}

/** By its id or name. @throws CliError USAGE when there is none */
export async function findPool(api: Api, wanted: string): Promise<PoolView> {
  const found = (await api.get("/proxy-pools", poolList)).items.find(isCalled(wanted));
  if (!found) throw usageError(`There is no pool called "${wanted}".`, "`deskhand pools list` shows them.");
  return found;
}

const isCalled = (wanted: string) => (pool: PoolView) => pool.id === wanted || pool.name.toLowerCase() === wanted.toLowerCase();

function line({ id, name, strategy, proxyIds }: PoolView): string {
  return `${id}  ${name}  ${strategy}  ${proxyIds.length} ${proxyIds.length === 1 ? "proxy" : "proxies"}`;
}
