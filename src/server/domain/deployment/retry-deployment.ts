import type { retriedDeployment, retryDeploymentInput } from "@deskhand/shared/schemas/deployment";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { holdTargets, startRuns } from "@/server/domain/run/start-runs";
import { checkRerun } from "./check-rerun.ts";
import { findDeployment, resultsOf } from "./progress.ts";
import { readSignedRuns } from "./read-signed-runs.ts";

/**
 * Asks for one more run of each profile whose last run of the deployment failed or expired, all at once. Profiles that were deleted or
 * moved since are left out, which the answer tells.
 * @throws AppError NOT_FOUND, INPUT_MISSING when they need what a message or another run brought, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function retryDeployment(
  ctx: Context,
  input: z.output<typeof retryDeploymentInput>,
): Promise<z.output<typeof retriedDeployment>> {
  const deployment = await findDeployment(ctx, input.id, "run.write");
  const { projectId, runnerId, workflowVersion } = deployment;
  const { items } = await resultsOf(ctx, deployment);
  const only = input.profileIds && new Set(input.profileIds);
  const failed = items.filter(({ state, profileId }) => (state === "failed" || state === "expired") && (!only || only.has(profileId)));
  const there = await ctx.db.profile.findMany({
    where: { id: { in: failed.map(({ profileId }) => profileId) }, projectId, runnerId, deletedAt: null },
    select: { id: true },
  });
  const usable = new Set(there.map(({ id }) => id));
  const again = failed.filter(({ profileId }) => usable.has(profileId));
  const refused = failed
    .filter(({ profileId }) => !usable.has(profileId))
    .map(({ profileId: id, profileName: name }) => ({ id, name, code: "NOT_FOUND" }));
  const profileIds = again.map(({ profileId }) => profileId);
  const signedReruns = await readSignedRuns(ctx, { deployment, profileIds, signed: input.signed ?? [] });
  if (again.length === 0) return { done: 0, refused };
  await checkRerun(ctx, deployment.id);
  await limitCommands(ctx, { projectId, runnerId, count: profileIds.length });
  await ctx.db.$transaction(async (tx) => {
    await holdTargets(tx, { projectId, runnerId, profileIds });
    await startRuns(tx, ctx, { deployment, workflowId: workflowVersion.workflow.id, profileIds, signedReruns });
  });
  return { done: profileIds.length, refused };
}
