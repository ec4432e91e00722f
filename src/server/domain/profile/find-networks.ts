import { proxyName } from "@deskhand/shared/schemas/export-proxies";
import { proxyIdsOf } from "@deskhand/shared/schemas/proxy-setting";
import type { Context } from "@/server/context";
import type { Profile } from "@/server/generated/prisma/client";
import { type ProfileNetwork, readSettings } from "./view.ts";

/** By what profiles of one project reach the network. One that is not there any more has no name. */
export async function findNetworks(ctx: Context, profiles: Profile[]): Promise<(profile: Profile) => ProfileNetwork> {
  const ways = new Map(profiles.map((profile) => [profile.id, readSettings(profile).proxy]));
  const all = [...ways.values()];
  const proxyIds = [...new Set(all.flatMap(proxyIdsOf))];
  const poolIds = [...new Set(all.flatMap((way) => (way.kind === "pool" ? [way.poolId] : [])))];
  const projectId = profiles[0]?.projectId ?? "";
  const [proxies, pools] = await Promise.all([
    proxyIds.length === 0
      ? []
      : ctx.db.proxy.findMany({
          where: { id: { in: proxyIds }, projectId },
          select: { id: true, name: true, host: true, port: true },
        }),
    poolIds.length === 0 ? [] : ctx.db.proxyPool.findMany({ where: { id: { in: poolIds }, projectId }, select: { id: true, name: true } }),
  ]);
  const names = new Map([
    ...proxies.map((proxy) => [proxy.id, proxyName(proxy)] as const),
    ...pools.map(({ id, name }) => [id, name] as const),
  ]);
  return ({ id }) => {
    const way = ways.get(id) ?? { kind: "none" };
    const ids = way.kind === "pool" ? [way.poolId] : proxyIdsOf(way);
    return { kind: way.kind, names: ids.flatMap((one) => names.get(one) ?? []) };
  };
}
