import { randomUUID } from "node:crypto";
import { done } from "@deskhand/shared/schemas/common";
import { proxyText } from "@deskhand/shared/schemas/export-proxies";
import { type PoolView, poolList, poolStrategy, poolView, putPoolInput } from "@deskhand/shared/schemas/proxy";
import { ordersForPool } from "@deskhand/shared/schemas/send-pool";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { runnerHome } from "../../identity/home.ts";
import { type Api, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { findRunner } from "../lookup.ts";
import { accessFrom } from "../settings.ts";
import { signFor } from "../sign-deployment.ts";
import { acceptedRunners, signProxies } from "../sign-proxies.ts";
import { allProxies, pickProxy } from "./proxies.ts";

/** `deskhand pools list` */
export async function listPools({ env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const { items } = await api.get("/proxy-pools", poolList);
  const runners = items.length > 0 ? await acceptedRunners(api) : [];
  for (const pool of items) {
    const names = runners.filter(({ id }) => !pool.knownTo.includes(id)).map(({ name }) => name);
    output.tell({ type: "pool", ...pool }, `${line(pool)}${names.length > 0 ? `  not on ${names.join(", ")}` : ""}`);
  }
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

/**
 * `deskhand pools send POOL`: tells the runners that do not have it, or the one that is named. Proxies whose password is sealed to others
 * cannot be sent: they are named.
 */
export async function sendPool(wanted: string, flags: { runner?: string }, { env, output }: CommandContext): Promise<number> {
  const api = createApi(accessFrom(env));
  const pool = await findPool(api, wanted);
  const accepted = await acceptedRunners(api);
  const named = flags.runner === undefined ? undefined : await findRunner(api, flags.runner);
  const runners = named ? [named] : accepted.filter(({ id }) => !pool.knownTo.includes(id));
  const all = runners.length > 0 ? await allProxies(api) : [];
  for (const runner of runners) {
    const { orders, locked } = ordersForPool(pool, all, runner.id);
    for (const { proxies, payload } of orders) {
      const signedManifest = await signFor(api, runnerHome(env), runner, () => orderManifest(runner.id, "proxy.configure", payload));
      const body = { runnerId: runner.id, revision: pool.revision, proxies: proxies.map(({ id, revision }) => ({ id, revision })) };
      await api.post(`/proxy-pools/${pool.id}/send`, { ...body, signedManifest }, poolView);
    }
    const without = locked.map((proxy) => proxy.name ?? proxyText(proxy));
    const but = without.length > 0 ? `, without what it has no password for: ${without.join(", ")}` : "";
    output.tell({ type: "sent", runnerId: runner.id, locked: locked.map(({ id }) => id) }, `Sent ${pool.name} to ${runner.name}${but}`);
  }
  output.result({ poolId: pool.id, sent: runners.length }, runners.length === 0 ? "Every runner has it." : undefined);
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
