import { inputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { isFinal, type RunView } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { findRun } from "./queries.ts";
import { holdTargets, startRuns } from "./start-runs.ts";
import { viewRun } from "./view.ts";

/**
 * Asks for one more run of the same deployment (version and inputs) on the same profile.
 * @throws AppError NOT_FOUND also when the profile was deleted, RUN_NOT_FINISHED, RUNNER_NOT_ACCEPTED
 */
export async function rerunRun(ctx: Context, input: { id: string }): Promise<RunView> {
  const run = await findRun(ctx, input.id, "run.write");
  if (!isFinal(run.state)) throw new AppError("RUN_NOT_FINISHED");
  const deployment = await ctx.db.deployment.findUniqueOrThrow({
    where: { id: run.deploymentId },
    include: { workflowVersion: { select: { content: true, workflowId: true } } },
  });
  const { workflowVersion, inputs } = deployment;
  const [id] = await ctx.db.$transaction(async (tx) => {
    await holdTargets(tx, { projectId: run.projectId, runnerId: run.runnerId, profileIds: [run.profileId] });
    return startRuns(tx, ctx, {
      deployment,
      workflowId: workflowVersion.workflowId,
      profileIds: [run.profileId],
      recording: workflowVersion.content as unknown as Recording,
      inputs: inputValues.parse(inputs),
    });
  });
  if (!id) throw new AppError("INTERNAL");
  return viewRun(await findRun(ctx, id, "run.write"), ctx.clock.now());
}
