import { chunks } from "../chunks.ts";
import { type PoolOrder, PROXIES_AT_ONCE, type ProxyOrder, type ProxyView } from "./proxy.ts";

type Address = Pick<ProxyView, "id" | "revision" | "scheme" | "host" | "port" | "username">;
type Sent = Address & Pick<ProxyView, "knownTo" | "hasPassword" | "hasChangeUrl">;
export type PoolPayload = { proxies: ProxyOrder[]; pools: PoolOrder[]; removed: string[] };

/** What a runner is told that does not have a pool, as it is signed and as it is sent: these proxies have no secrets. */
export function poolPayload(pool: PoolOrder, proxies: readonly Address[]): PoolPayload {
  const { id, revision, strategy, coolDownSeconds, proxyIds } = pool;
  return {
    proxies: proxies.map((proxy) => ({
      id: proxy.id,
      revision: proxy.revision,
      scheme: proxy.scheme,
      host: proxy.host,
      port: proxy.port,
      username: proxy.username,
      passwordSealed: null,
      changeUrlSealed: null,
    })),
    pools: [{ id, revision, strategy, coolDownSeconds, proxyIds }],
    removed: [],
  };
}

/**
 * What this runner has to be told so that it has the pool: as many orders as it takes, each to be signed for itself. `locked` are the
 * proxies of the pool that it cannot read whatever it is told: their secrets are sealed to others.
 */
export function ordersForPool<T extends Sent>(
  pool: PoolOrder,
  proxies: readonly T[],
  runnerId: string,
): { orders: { proxies: T[]; payload: PoolPayload }[]; locked: T[] } {
  const members = new Set(pool.proxyIds);
  const unknown = proxies.filter(({ id, knownTo }) => members.has(id) && !knownTo.includes(runnerId));
  const hasSecret = ({ hasPassword, hasChangeUrl }: Sent) => hasPassword || hasChangeUrl;
  const open = chunks(
    unknown.filter((proxy) => !hasSecret(proxy)),
    PROXIES_AT_ONCE,
  );
  const orders = (open.length > 0 ? open : [[]]).map((some) => ({ proxies: some, payload: poolPayload(pool, some) }));
  return { orders, locked: unknown.filter(hasSecret) };
}
