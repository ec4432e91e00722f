import type { DeploymentView, pauseScheduleInput, removeScheduleInput } from "@deskhand/shared/schemas/deployment";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { TASK_WITHIN_MS } from "@/server/domain/profile/rules";
import { authorize } from "@/server/domain/project/policy";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";
import { sendSignals } from "@/server/signals";
import { showDeployment } from "./queries.ts";

type Change = { id: string; signedManifest?: string | undefined };
type Order = { kind: "schedule.pause"; paused: boolean } | { kind: "schedule.remove" };

/**
 * Has a schedule pass over what comes, or go on.
 * @throws AppError NOT_FOUND also for a deployment without a schedule and one that was removed, RUNNER_NOT_ACCEPTED, RATE_LIMITED,
 * SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export function pauseSchedule(ctx: Context, input: z.output<typeof pauseScheduleInput>): Promise<DeploymentView> {
  return change(ctx, input, { kind: "schedule.pause", paused: input.paused });
}

/** Ends a schedule; what has begun goes on. @throws as {@link pauseSchedule} */
export function removeSchedule(ctx: Context, input: z.output<typeof removeScheduleInput>): Promise<DeploymentView> {
  return change(ctx, input, { kind: "schedule.remove" });
}

async function change(ctx: Context, { id, signedManifest }: Change, order: Order): Promise<DeploymentView> {
  const deployment = await ctx.db.deployment.findUnique({
    where: { id, scheduleRemovedAt: null },
    select: { projectId: true, runnerId: true, schedule: true },
  });
  if (!deployment || deployment.schedule === null) throw new AppError("NOT_FOUND");
  const { projectId, runnerId } = deployment;
  await authorize(ctx, projectId, "run.write");
  const payload = { deploymentId: id, ...(order.kind === "schedule.pause" ? { paused: order.paused } : {}) };
  const signed = await checkOrder(ctx, { projectId, runnerId, signed: signedManifest, command: order.kind, payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  const now = ctx.clock.now();
  const data: Prisma.DeploymentUpdateInput =
    order.kind === "schedule.remove" ? { scheduleRemovedAt: now } : { schedulePausedAt: order.paused ? now : null };
  await ctx.db.$transaction(async (tx) => {
    const runner = await tx.runner.findUniqueOrThrow({ where: { id: runnerId }, select: { status: true } });
    if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    await tx.deployment.update({ where: { id }, data });
    const common = { projectId, runnerId, deadlineAt: new Date(now.getTime() + TASK_WITHIN_MS) };
    const manifest = signed ? { signedManifest: signed } : {};
    const asked = { deploymentId: id, ...manifest };
    if (order.kind === "schedule.pause") {
      await enqueueCommand(tx, ctx, { ...common, kind: order.kind, payload: { ...asked, paused: order.paused } });
    } else {
      await enqueueCommand(tx, ctx, { ...common, kind: order.kind, payload: asked });
    }
    await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id }]);
  });
  return showDeployment(ctx, id);
}
