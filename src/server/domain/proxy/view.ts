import type { PoolOrder, PoolStrategy, PoolView, ProxyOrder, ProxyScheme, ProxyView } from "@deskhand/shared/schemas/proxy";
import type { ProxyPool, Proxy as ProxyRow } from "@/server/generated/prisma/client";

export type ProxyFigures = { bytesSent: bigint; bytesReceived: bigint; usedBy: number; usedByPools: number };
export type PoolRow = ProxyPool & { members: { proxyId: string }[] };

/** In the order in which they are tried. */
export const withMembers = { members: { select: { proxyId: true }, orderBy: { position: "asc" as const } } };

export function viewProxy(proxy: ProxyRow, figures: ProxyFigures): ProxyView {
  const { id, projectId, name, host, port, username, knownTo, revision, checkedAt, exitAddress } = proxy;
  const { exitCountry: country, exitTimeZone: timeZone, exitLatitude: latitude, exitLongitude: longitude } = proxy;
  const place = latitude === null || longitude === null ? null : { latitude, longitude };
  const exit = exitAddress === null ? null : { address: exitAddress, country, timeZone, place };
  return {
    id,
    projectId,
    name,
    scheme: proxy.scheme as ProxyScheme,
    host,
    port,
    username,
    hasPassword: proxy.passwordSealed !== null,
    hasChangeUrl: proxy.changeUrlSealed !== null,
    knownTo,
    revision,
    lastCheck: checkedAt && { exit, latencyMs: proxy.latencyMs, failureCode: proxy.failureCode, at: checkedAt.toISOString() },
    bytesSent: Number(figures.bytesSent),
    bytesReceived: Number(figures.bytesReceived),
    usedBy: figures.usedBy,
    usedByPools: figures.usedByPools,
    createdAt: proxy.createdAt.toISOString(),
  };
}

/** As runners are told of it, the sealed secrets with it. */
export function orderOfProxy({ id, revision, scheme, host, port, username, passwordSealed, changeUrlSealed }: ProxyRow): ProxyOrder {
  return { id, revision, scheme: scheme as ProxyScheme, host, port, username, passwordSealed, changeUrlSealed };
}

export function orderOfPool({ id, revision, strategy, coolDownSeconds, members }: PoolRow): PoolOrder {
  return { id, revision, strategy: strategy as PoolStrategy, coolDownSeconds, proxyIds: members.map(({ proxyId }) => proxyId) };
}

export function viewPool(pool: PoolRow, usedBy: number): PoolView {
  const { projectId, name, knownTo, createdAt } = pool;
  return { ...orderOfPool(pool), projectId, name, knownTo, usedBy, createdAt: createdAt.toISOString() };
}
