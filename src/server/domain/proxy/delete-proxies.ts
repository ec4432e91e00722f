import type { deleteProxiesInput } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findProfilesWith } from "./find-profiles-with.ts";
import { findListeners, tellRunners } from "./tell-runners.ts";

/**
 * Deletes proxies, all or none; their runners forget them.
 * @throws AppError NOT_FOUND, PROXY_IN_USE while a profile or a pool names one, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function deleteProxies(ctx: Context, input: z.output<typeof deleteProxiesInput>): Promise<{ done: true }> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { ids } = input;
  const payload = { proxies: [], pools: [], removed: ids };
  const listeners = await findListeners(ctx, projectId, payload, input.signed);
  await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const known = await tx.proxy.count({ where: { id: { in: ids }, projectId } });
    if (known < new Set(ids).size) throw new AppError("NOT_FOUND");
    const member = await tx.proxyPoolMember.findFirst({ where: { proxyId: { in: ids } }, select: { poolId: true } });
    if (member) throw new AppError("PROXY_IN_USE", { details: member });
    const profileIds = await findProfilesWith(tx, projectId, ids);
    if (profileIds.length > 0) throw new AppError("PROXY_IN_USE", { details: { profileIds } });
    await tx.proxy.deleteMany({ where: { id: { in: ids } } });
    await tellRunners(tx, ctx, projectId, payload, listeners);
    await sendSignals(tx, [{ kind: "change", projectId, topic: "proxy", id: ids[0] ?? projectId }]);
  });
  return { done: true };
}
