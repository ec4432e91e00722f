import type { Page } from "@deskhand/shared/schemas/common";
import type { listProxiesInput, PoolView, ProxyView } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import { authorize } from "@/server/domain/project/policy";
import type { Proxy as ProxyRow } from "@/server/generated/prisma/client";
import { literal } from "@/server/like";
import { type ProxyFigures, viewPool, viewProxy, withMembers } from "./view.ts";

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
  return { items: rows.map(viewPool) };
}

type FiguresRow = ProxyFigures & { id: string };

async function findFigures(ctx: Context, proxies: { id: string }[]): Promise<(id: string) => ProxyFigures> {
  const none = { bytesSent: 0n, bytesReceived: 0n, usedBy: 0 };
  if (proxies.length === 0) return () => none;
  const ids = proxies.map(({ id }) => id);
  const [first] = await ctx.db.proxy.findMany({ where: { id: { in: ids } }, select: { projectId: true }, take: 1 });
  // who uses a proxy is said in the settings of profiles, which Prisma cannot count in one question
  const rows = await ctx.db.$queryRaw<FiguresRow[]>`
    with named as (
      select jsonb_array_elements_text(coalesce(settings->'proxy'->'proxyIds', jsonb_build_array(settings->'proxy'->'proxyId'))) as id
      from "Profile" where "projectId" = ${first?.projectId}::uuid and "deletedAt" is null and settings->'proxy'->>'kind' in ('proxy', 'chain')
    )
    select p.id,
      coalesce((select sum("bytesSent") from "ProxyUsage" u where u."proxyId" = p.id), 0)::bigint as "bytesSent",
      coalesce((select sum("bytesReceived") from "ProxyUsage" u where u."proxyId" = p.id), 0)::bigint as "bytesReceived",
      ((select count(*) from named where named.id = p.id::text) + (select count(*) from "ProxyPoolMember" m where m."proxyId" = p.id))::int as "usedBy"
    from unnest(${ids}::uuid[]) as p(id)`;
  const byId = new Map(rows.map(({ id, ...figures }) => [id, figures]));
  return (id) => byId.get(id) ?? none;
}
