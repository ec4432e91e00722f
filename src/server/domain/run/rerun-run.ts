import { isFinal, type RunView } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { AppError } from "@/server/errors";
import { findRun } from "./queries.ts";
import { holdTargets, startRuns } from "./start-runs.ts";
import { viewRun } from "./view.ts";

/**
 * Asks for one more run of the same deployment (version and inputs) on the same profile.
 * @throws AppError NOT_FOUND also when the profile was deleted, RUN_NOT_FINISHED, RUNNER_NOT_ACCEPTED, RATE_LIMITED
 */
export async function rerunRun(ctx: Context, input: { id: string }): Promise<RunView> {
  const run = await findRun(ctx, input.id, "run.write");
  if (!isFinal(run.state)) throw new AppError("RUN_NOT_FINISHED");
  await limitCommands(ctx, { projectId: run.projectId, runnerId: run.runnerId, count: 1 });
  const deployment = await ctx.db.deployment.findUniqueOrThrow({
    where: { id: run.deploymentId },
    include: { workflowVersion: { select: { workflowId: true } } },
  });
  const [id] = await ctx.db.$transaction(async (tx) => {
    await holdTargets(tx, { projectId: run.projectId, runnerId: run.runnerId, profileIds: [run.profileId] });
    return startRuns(tx, ctx, {
      deployment,
      workflowId: deployment.workflowVersion.workflowId,
      profileIds: [run.profileId],
    });
  });
  if (!id) throw new AppError("INTERNAL");
  return viewRun(await findRun(ctx, id, "run.write"), ctx.clock.now());
}
