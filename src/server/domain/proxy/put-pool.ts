import type { PoolView, putPoolInput } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { literal } from "@/server/like";
import { sendSignals } from "@/server/signals";
import { showPool } from "./queries.ts";
import { MAX_POOLS } from "./rules.ts";
import { findListeners, tellRunners } from "./tell-runners.ts";
import { withMembers } from "./view.ts";

/**
 * Makes a pool, when `revision` is 0, or changes the one that has this revision; the runners are told.
 * @throws AppError NOT_FOUND for a proxy of another project, NAME_TAKEN, CONFLICT when somebody changed it meanwhile,
 * SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function putPool(ctx: Context, input: z.output<typeof putPoolInput>): Promise<PoolView> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { id, name, strategy, coolDownSeconds, proxyIds } = input;
  const revision = input.revision + 1;
  const payload = { proxies: [], pools: [{ id, revision, strategy, coolDownSeconds, proxyIds }], removed: [] };
  const listeners = await findListeners(ctx, projectId, payload, input.signed);
  const pool = await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const before = await tx.proxyPool.findUnique({ where: { id }, select: { projectId: true, revision: true } });
    if ((before?.revision ?? 0) !== input.revision || (before && before.projectId !== projectId)) throw new AppError("CONFLICT");
    const named = { projectId, id: { not: id }, name: { equals: literal(name), mode: "insensitive" as const } };
    if (await tx.proxyPool.findFirst({ where: named, select: { id: true } })) throw new AppError("NAME_TAKEN");
    if (!before && (await tx.proxyPool.count({ where: { projectId } })) >= MAX_POOLS) {
      throw new AppError("CONFLICT", { userMessage: `A project may have ${MAX_POOLS} pools.` });
    }
    const known = await tx.proxy.count({ where: { id: { in: proxyIds }, projectId } });
    if (known < proxyIds.length) throw new AppError("NOT_FOUND", { details: { what: "proxy" } });
    const knownTo = listeners.map(({ runnerId }) => runnerId);
    const data = { name, strategy, coolDownSeconds, revision, knownTo };
    await tx.proxyPool.upsert({ where: { id }, create: { id, projectId, createdAt: ctx.clock.now(), ...data }, update: data });
    await tx.proxyPoolMember.deleteMany({ where: { poolId: id } });
    await tx.proxyPoolMember.createMany({ data: proxyIds.map((proxyId, position) => ({ poolId: id, proxyId, position })) });
    await tellRunners(tx, ctx, projectId, payload, listeners);
    await sendSignals(tx, [{ kind: "change", projectId, topic: "proxy", id }]);
    return tx.proxyPool.findUniqueOrThrow({ where: { id }, include: withMembers });
  });
  return showPool(ctx.db, pool);
}
