import { isFinal, type RunView, type rerunInput } from "@deskhand/shared/schemas/run";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { checkRerun } from "@/server/domain/deployment/check-rerun";
import { checkManifest, invalid } from "@/server/domain/signing-key/check-manifest";
import { AppError } from "@/server/errors";
import { findRun } from "./queries.ts";
import { holdTargets, startRuns } from "./start-runs.ts";
import { viewRun } from "./view.ts";

/**
 * Asks for one more run of the same deployment (version and inputs) on the same profile. What a message or another run brought to the first
 * one is not brought again.
 * @throws AppError NOT_FOUND also when the profile was deleted, RUN_NOT_FINISHED, INPUT_MISSING when it needs that, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED,
 * SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function rerunRun(ctx: Context, input: z.output<typeof rerunInput>): Promise<RunView> {
  const run = await findRun(ctx, input.id, "run.write");
  if (!isFinal(run.state)) throw new AppError("RUN_NOT_FINISHED");
  await checkRerun(ctx, run.deploymentId);
  const { projectId, runnerId, profileId } = run;
  const manifest = await checkManifest(ctx, { projectId, runnerId, signed: input.signedManifest });
  await limitCommands(ctx, { projectId: run.projectId, runnerId: run.runnerId, count: 1 });
  const deployment = await ctx.db.deployment.findUniqueOrThrow({
    where: { id: run.deploymentId },
    include: { workflowVersion: { select: { workflowId: true } } },
  });
  if (manifest) {
    if (manifest.kind !== "rerun" || manifest.profileId !== profileId) throw invalid("Something else than this run was signed.");
    if (manifest.of !== deployment.manifestId) throw invalid("Another deployment was signed.");
  }
  const [id] = await ctx.db.$transaction(async (tx) => {
    await holdTargets(tx, { projectId: run.projectId, runnerId: run.runnerId, profileIds: [run.profileId] });
    return startRuns(tx, ctx, {
      deployment,
      workflowId: deployment.workflowVersion.workflowId,
      profileIds: [run.profileId],
      signedReruns: manifest && input.signedManifest ? new Map([[profileId, input.signedManifest]]) : undefined,
    });
  });
  if (!id) throw new AppError("INTERNAL");
  return viewRun(await findRun(ctx, id, "run.write"), ctx.clock.now());
}
