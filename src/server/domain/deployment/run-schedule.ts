import type { begunSchedule, runScheduleInput } from "@deskhand/shared/schemas/deployment";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { holdTargets, startRuns } from "@/server/domain/run/start-runs";
import { AppError } from "@/server/errors";
import { newId } from "@/server/new-id";
import { sendSignals } from "@/server/signals";
import { checkRerun } from "./check-rerun.ts";
import { makeRoom } from "./make-room.ts";
import { findDeployment } from "./progress.ts";
import { readSignedRuns } from "./read-signed-runs.ts";

const tooSoon = {
  STILL_RUNNING: "Its last runs are not over, and it begins nothing beside them.",
  QUEUE_FULL: "Its last runs are not over, and others wait already.",
};

/**
 * Begins a deployment that runs by itself once, now: the same version, inputs and profiles, by its own rule for runs that are not over. Its
 * times stay as they are, also while it is paused. The runs are the server's, as those that are asked for again: for its runner they are one
 * more of what was signed.
 * @throws AppError NOT_FOUND also for a deployment without a schedule and one that has ended, RUN_NOT_FINISHED where its rule keeps it from
 * beginning (`details.reason`), INPUT_MISSING when only what begins it brings that, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED,
 * SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function runSchedule(ctx: Context, input: z.output<typeof runScheduleInput>): Promise<z.output<typeof begunSchedule>> {
  const deployment = await findDeployment(ctx, input.id, "run.write");
  const { id, projectId, runnerId, profileIds, schedule, scheduleRemovedAt, workflowVersion } = deployment;
  if (schedule === null || scheduleRemovedAt !== null) throw new AppError("NOT_FOUND");
  const signedReruns = await readSignedRuns(ctx, { deployment, profileIds, signed: input.signed ?? [] });
  await checkRerun(ctx, id, "What begins it brings it: deploy the workflow with it.");
  await limitCommands(ctx, { projectId, runnerId, count: profileIds.length });
  const firingId = newId();
  const now = ctx.clock.now();
  return ctx.db.$transaction(async (tx) => {
    // its row puts those in order who begin it at the same moment; Prisma has no row locks
    const held = await tx.$queryRaw<unknown[]>`
      select id from "Deployment" where id = ${id}::uuid and "scheduleRemovedAt" is null for no key update`;
    if (held.length === 0) throw new AppError("NOT_FOUND");
    const reason = await makeRoom(tx, ctx, deployment);
    if (reason) throw new AppError("RUN_NOT_FINISHED", { userMessage: tooSoon[reason], details: { reason } });
    await tx.scheduleFiring.create({
      data: { id: firingId, deploymentId: id, dueAt: now, at: now, state: "fired", reason: "BY_HAND", count: 1 },
    });
    await holdTargets(tx, { projectId, runnerId, profileIds });
    const runIds = await startRuns(tx, ctx, { deployment, workflowId: workflowVersion.workflow.id, profileIds, signedReruns, firingId });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id }]);
    return { firingId, runIds };
  });
}
