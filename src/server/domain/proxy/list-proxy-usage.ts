import type { Page } from "@deskhand/shared/schemas/common";
import type { ProxyUsageView, proxyUsageInput } from "@deskhand/shared/schemas/proxy";
import * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";

/** Where a page ended: when it was used last, by which profile, over which proxy. */
const position = z.tuple([z.coerce.number().int(), z.uuid(), z.uuid()]);

/** What has gone over proxies, by profile and proxy, the most recent use first. @throws AppError INVALID_INPUT for another cursor than a list gave */
export async function listProxyUsage(ctx: Context, input: z.output<typeof proxyUsageInput>): Promise<Page<ProxyUsageView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const { proxyId, profileId, limit, cursor } = input;
  const rows = await ctx.db.proxyUsage.findMany({
    where: { proxy: { projectId }, ...(proxyId && { proxyId }), ...(profileId && { profileId }), ...after(cursor) },
    include: { profile: { select: { name: true } } },
    orderBy: [{ lastUsedAt: "desc" }, { profileId: "desc" }, { proxyId: "desc" }],
    take: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(({ profile, bytesSent, bytesReceived, lastUsedAt, ...ids }) => ({
    ...ids,
    profileName: profile.name,
    bytesSent: Number(bytesSent),
    bytesReceived: Number(bytesReceived),
    lastUsedAt: lastUsedAt.toISOString(),
  }));
  const isMore = rows.length > limit && last;
  return { items, nextCursor: isMore ? [last.lastUsedAt.getTime(), last.profileId, last.proxyId].join("_") : null };
}

function after(cursor: string | undefined): Prisma.ProxyUsageWhereInput {
  if (cursor === undefined) return {};
  const read = position.safeParse(cursor.split("_"));
  if (!read.success) throw new AppError("INVALID_INPUT", { userMessage: "cursor: This is not a cursor that a list gave." });
  const [at, profileId, proxyId] = read.data;
  const lastUsedAt = new Date(at);
  const behind = { OR: [{ profileId: { lt: profileId } }, { profileId, proxyId: { lt: proxyId } }] };
  return { OR: [{ lastUsedAt: { lt: lastUsedAt } }, { lastUsedAt, ...behind }] };
}
