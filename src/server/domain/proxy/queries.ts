import type { Page } from "@deskhand/shared/schemas/common";
import type { listProxiesInput, PoolView, ProxyView } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import type { Tx } from "@/server/db";
import { authorize } from "@/server/domain/project/policy";
import type { Proxy as ProxyRow } from "@/server/generated/prisma/client";
import { literal } from "@/server/like";
import { type PoolRow, type ProxyFigures, viewPool, viewProxy, withMembers } from "./view.ts";

const inState = {
  works: { checkedAt: { not: null }, failureCode: null },
  fails: { failureCode: { not: null } },
  unchecked: { checkedAt: null },
};

/** A page of proxies, newest first. `search` looks for a part of the name or the host; `state` is of the last look at them. */
export async function listProxies(ctx: Context, input: z.output<typeof listProxiesInput>): Promise<Page<ProxyView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const search = input.search?.trim();
  const contains = search && { contains: literal(search), mode: "insensitive" as const };
  const rows = await ctx.db.proxy.findMany({
    where: {
      projectId,
      AND: [
        contains ? { OR: [{ name: contains }, { host: contains }] } : {},
        input.state ? inState[input.state] : {},
        afterCursor(input.cursor),
      ],
    },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  const figures = await findFigures(ctx, rows);
  return pageFrom(rows, input.limit, (row) => viewProxy(row, figures(row.id)));
}

/** Proxies as the outside sees them; the caller has authorized it. */
export async function showProxies(ctx: Context, rows: ProxyRow[]): Promise<ProxyView[]> {
  const figures = await findFigures(ctx, rows);
  return rows.map((row) => viewProxy(row, figures(row.id)));
}

export async function listPools(ctx: Context, input: { projectId?: string | undefined }): Promise<{ items: PoolView[] }> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const rows = await ctx.db.proxyPool.findMany({ where: { projectId }, include: withMembers, orderBy: { name: "asc" } });
  const usedBy = await countProfilesBy(
    ctx.db,
    projectId,
    rows.map(({ id }) => id),
  );
  return { items: rows.map((row) => viewPool(row, usedBy(row.id))) };
}

/** A pool as the outside sees it; the caller has authorized it. */
export async function showPool(tx: Tx, pool: PoolRow): Promise<PoolView> {
  return viewPool(pool, (await countProfilesBy(tx, pool.projectId, [pool.id]))(pool.id));
}

/** How many profiles name each of these proxies or pools. */
async function countProfilesBy(tx: Tx, projectId: string, ids: string[]): Promise<(id: string) => number> {
  if (ids.length === 0) return () => 0;
  // it is said in the settings of profiles, which Prisma cannot count in one question
  const rows = await tx.$queryRaw<{ id: string; count: number }[]>`
    select way.id, count(*)::int as count from "Profile" p, unnest(profile_ways(p.settings)) as way(id)
    where p."projectId" = ${projectId}::uuid and p."deletedAt" is null and profile_ways(p.settings) && ${ids}::text[]
    group by way.id`;
  const byId = new Map(rows.map(({ id, count }) => [id, count]));
  return (id) => byId.get(id) ?? 0;
}

type Figures = ProxyFigures & { id: string };

async function findFigures(ctx: Context, proxies: ProxyRow[]): Promise<(id: string) => ProxyFigures> {
  const none = { bytesSent: 0n, bytesReceived: 0n, usedBy: 0, usedByPools: 0 };
  const [first] = proxies;
  if (!first) return () => none;
  const ids = proxies.map(({ id }) => id);
  const [rows, usedBy] = await Promise.all([
    ctx.db.$queryRaw<Omit<Figures, "usedBy">[]>`
      select p.id,
        coalesce((select sum("bytesSent") from "ProxyUsage" u where u."proxyId" = p.id), 0)::bigint as "bytesSent",
        coalesce((select sum("bytesReceived") from "ProxyUsage" u where u."proxyId" = p.id), 0)::bigint as "bytesReceived",
        (select count(*) from "ProxyPoolMember" m where m."proxyId" = p.id)::int as "usedByPools"
      from unnest(${ids}::uuid[]) as p(id)`,
    countProfilesBy(ctx.db, first.projectId, ids),
  ]);
  const byId = new Map(rows.map((row) => [row.id, { ...row, usedBy: usedBy(row.id) + row.usedByPools }]));
  return (id) => byId.get(id) ?? none;
}
