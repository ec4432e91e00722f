import type { PoolView, ProxyExit, ProxyView } from "./proxy.ts";
import { type ProxySetting, proxyIdsOf } from "./proxy-setting.ts";

/** Where a profile leads out that leaves so, as the last check found: of a chain the last proxy, of a pool the first one that is known. */
export function exitOf(
  way: ProxySetting,
  proxies: readonly Pick<ProxyView, "id" | "lastCheck">[],
  pools: readonly Pick<PoolView, "id" | "proxyIds">[],
): ProxyExit | undefined {
  const ids = way.kind === "pool" ? (pools.find(({ id }) => id === way.poolId)?.proxyIds ?? []) : proxyIdsOf(way).slice(-1);
  const known = new Map(proxies.map(({ id, lastCheck }) => [id, lastCheck?.exit]));
  return ids.flatMap((id) => known.get(id) ?? [])[0];
}
