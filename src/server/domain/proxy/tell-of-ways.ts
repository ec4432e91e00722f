import { chunks } from "@deskhand/shared/chunks";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { PROXIES_AT_ONCE } from "@deskhand/shared/schemas/proxy";
import { proxyIdsOf } from "@deskhand/shared/schemas/proxy-setting";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import type { Proxy as ProxyRow } from "@/server/generated/prisma/client";
import { tellRunners } from "./tell-runners.ts";
import { orderOfPool, orderOfProxy, withMembers } from "./view.ts";

/** So that pools of the largest size and proxies fit into one message. */
const POOLS_PER_ORDER = 20;

type Told = { projectId: string; runnerId: string; settings: readonly Pick<ProfileSettings, "proxy">[] };

/**
 * Looks that the proxies and pools which profiles are to have are the project's, and has their runner told of those that it has not heard
 * of: it may have come later. Of pools it is told again, for its own table may be older than what is known here. Without a signature, so
 * not one that demands them. @throws AppError NOT_FOUND
 */
export async function tellOfWays(tx: Tx, ctx: Context, { projectId, runnerId, settings }: Told): Promise<void> {
  const ways = settings.map(({ proxy }) => proxy);
  const poolIds = [...new Set(ways.flatMap((way) => (way.kind === "pool" ? [way.poolId] : [])))];
  const named = new Set(ways.flatMap(proxyIdsOf));
  if (poolIds.length + named.size === 0) return;
  const pools = await tx.proxyPool.findMany({ where: { id: { in: poolIds }, projectId }, include: withMembers });
  if (pools.length < poolIds.length) throw new AppError("NOT_FOUND", { details: { what: "proxyPool" } });
  const ids = new Set([...named, ...pools.flatMap(({ members }) => members.map(({ proxyId }) => proxyId))]);
  const proxies = await tx.proxy.findMany({ where: { id: { in: [...ids] }, projectId } });
  if (proxies.length < ids.size) throw new AppError("NOT_FOUND", { details: { what: "proxy" } });
  const unknown = proxies.filter(({ knownTo }) => !knownTo.includes(runnerId));
  const runner = await tx.runner.findUniqueOrThrow({ where: { id: runnerId }, select: { signaturesRequired: true } });
  if (unknown.length + pools.length === 0 || runner.signaturesRequired === true) return;
  const tell = (some: ProxyRow[], about: typeof pools) => {
    const payload = { proxies: some.map(orderOfProxy), pools: about.map(orderOfPool), removed: [] };
    return tellRunners(tx, ctx, projectId, payload, [{ runnerId, signedManifest: undefined }]);
  };
  // proxies before the pools that name them
  const proxyChunks = chunks(unknown, PROXIES_AT_ONCE);
  const poolChunks = chunks(pools, POOLS_PER_ORDER);
  for (const some of proxyChunks.slice(0, -1)) await tell(some, []);
  await tell(proxyChunks.at(-1) ?? [], poolChunks[0] ?? []);
  for (const some of poolChunks.slice(1)) await tell([], some);
  const open = unknown.filter(({ passwordSealed, changeUrlSealed }) => passwordSealed === null && changeUrlSealed === null);
  const heard = pools.filter(({ knownTo }) => !knownTo.includes(runnerId)).map(({ id }) => id);
  await tx.proxyPool.updateMany({ where: { id: { in: heard } }, data: { knownTo: { push: runnerId } } });
  await tx.proxy.updateMany({ where: { id: { in: open.map(({ id }) => id) } }, data: { knownTo: { push: runnerId } } });
}
