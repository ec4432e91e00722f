import type { WorkflowView } from "@deskhand/shared/schemas/workflow";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findWorkflow, showWorkflow } from "./queries.ts";

/** @throws AppError NOT_FOUND */
export async function renameWorkflow(ctx: Context, input: { id: string; name: string }): Promise<WorkflowView> {
  const workflow = await findWorkflow(ctx, input.id, "workflow.write");
  const { id, projectId } = workflow;
  const change = { name: input.name, updatedAt: ctx.clock.now() };
  await ctx.db.$transaction(async (tx) => {
    const renamed = await tx.workflow.updateMany({ where: { id, deletedAt: null }, data: change });
    if (renamed.count === 0) throw new AppError("NOT_FOUND");
    await sendSignals(tx, [{ kind: "change", projectId, topic: "workflow", id }]);
  });
  return showWorkflow(ctx, { ...workflow, ...change });
}
