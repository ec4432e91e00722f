import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findWorkflow } from "./queries.ts";

/** Takes a workflow out of every list. Its versions stay for the runs that were made of them; runs under way go on. @throws AppError NOT_FOUND */
export async function deleteWorkflow(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId } = await findWorkflow(ctx, input.id, "workflow.write");
  await ctx.db.$transaction(async (tx) => {
    const deleted = await tx.workflow.updateMany({ where: { id, deletedAt: null }, data: { deletedAt: ctx.clock.now() } });
    if (deleted.count === 0) throw new AppError("NOT_FOUND");
    await sendSignals(tx, [{ kind: "change", projectId, topic: "workflow", id }]);
  });
  return { done: true };
}
