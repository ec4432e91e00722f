import type { deletePoolInput } from "@deskhand/shared/schemas/proxy";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findProfilesWith } from "./find-profiles-with.ts";
import { findListeners, tellRunners } from "./tell-runners.ts";

/** Deletes a pool, not its proxies. @throws AppError NOT_FOUND, PROXY_IN_USE while a profile names it, and those of signatures */
export async function deletePool(ctx: Context, { id, signed }: z.output<typeof deletePoolInput>): Promise<{ done: true }> {
  const pool = await ctx.db.proxyPool.findUnique({ where: { id }, select: { projectId: true } });
  if (!pool) throw new AppError("NOT_FOUND");
  const { projectId } = await authorize(ctx, pool.projectId, "profile.write");
  const payload = { proxies: [], pools: [], removed: [id] };
  const listeners = await findListeners(ctx, projectId, payload, signed);
  await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const profileIds = await findProfilesWith(tx, projectId, [id]);
    if (profileIds.length > 0) throw new AppError("PROXY_IN_USE", { details: { profileIds } });
    await tx.proxyPool.delete({ where: { id } });
    await tellRunners(tx, ctx, projectId, payload, listeners);
    await sendSignals(tx, [{ kind: "change", projectId, topic: "proxy", id }]);
  });
  return { done: true };
}
