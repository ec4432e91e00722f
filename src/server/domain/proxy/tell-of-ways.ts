import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { proxyIdsOf } from "@deskhand/shared/schemas/proxy-setting";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import { tellRunners } from "./tell-runners.ts";
import { orderOfPool, orderOfProxy, withMembers } from "./view.ts";

type Told = { projectId: string; runnerId: string; settings: readonly ProfileSettings[] };

/**
 * Looks that the proxies and pools which profiles are to have are the project's, and has their runner told of those that it has not heard
 * of: it may have come later. Without a signature, so not one that demands them. @throws AppError NOT_FOUND
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
  if (unknown.length === 0 || runner.signaturesRequired === true) return;
  const payload = { proxies: unknown.slice(0, 200).map(orderOfProxy), pools: pools.map(orderOfPool), removed: [] };
  await tellRunners(tx, ctx, projectId, payload, [{ runnerId, signedManifest: undefined }]);
  const open = unknown.filter(({ passwordSealed, changeUrlSealed }) => passwordSealed === null && changeUrlSealed === null);
  await tx.proxy.updateMany({ where: { id: { in: open.map(({ id }) => id) } }, data: { knownTo: { push: runnerId } } });
}
