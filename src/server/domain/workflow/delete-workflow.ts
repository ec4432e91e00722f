import type { WorkflowScheduled } from "@deskhand/shared/schemas/workflow";
import type { Context } from "@/server/context";
import { findLiveSchedules } from "@/server/domain/deployment/live-schedules";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findWorkflow } from "./queries.ts";

/** Most schedules that a refusal names. */
const NAMED = 20;

/**
 * Takes a workflow out of every list. Its versions stay for the runs that were made of them; runs under way go on.
 * @throws AppError NOT_FOUND; WORKFLOW_SCHEDULED while a schedule or trigger may begin it, with {@link WorkflowScheduled} as details
 */
export async function deleteWorkflow(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId } = await findWorkflow(ctx, input.id, "workflow.write");
  await ctx.db.$transaction(async (tx) => {
    // its row is held from here on: whoever deploys it by a schedule waits, and finds it deleted
    const deleted = await tx.workflow.updateMany({ where: { id, deletedAt: null }, data: { deletedAt: ctx.clock.now() } });
    if (deleted.count === 0) throw new AppError("NOT_FOUND");
    const live = await findLiveSchedules(tx, { workflowVersion: { workflowId: id } });
    if (live.length > 0) {
      const named = live.slice(0, NAMED).map((one) => ({ deploymentId: one.id, schedule: one.schedule, runnerName: one.runnerName }));
      const details: WorkflowScheduled = { count: live.length, schedules: named };
      throw new AppError("WORKFLOW_SCHEDULED", { details });
    }
    await sendSignals(tx, [{ kind: "change", projectId, topic: "workflow", id }]);
  });
  return { done: true };
}
