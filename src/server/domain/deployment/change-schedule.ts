import type { DeploymentView, pauseScheduleInput, removeScheduleInput } from "@deskhand/shared/schemas/deployment";
import type * as z from "zod";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { authorize } from "@/server/domain/project/policy";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { orderDeadline } from "./order-deadline.ts";
import { showDeployment } from "./queries.ts";

type Change = { id: string; signedManifest?: string | undefined };
type Order = { kind: "schedule.pause"; paused: boolean } | { kind: "schedule.remove"; successorId?: string };

/**
 * Asks a schedule's runner to pass over what comes, or to go on: it is so once the runner has done it. Asking again is asking anew, and
 * what was asked before and was not sent yet is not asked any more.
 * @throws AppError NOT_FOUND also for a deployment without a schedule and one that has ended, RUNNER_NOT_ACCEPTED, RATE_LIMITED,
 * SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export function pauseSchedule(ctx: Context, input: z.output<typeof pauseScheduleInput>): Promise<DeploymentView> {
  return change(ctx, input, { kind: "schedule.pause", paused: input.paused });
}

/**
 * Asks a schedule's runner to end it, as {@link pauseSchedule} asks; what has begun goes on. One whose runner is not the project's any more
 * has ended at once: there is nobody to ask.
 * @throws as {@link pauseSchedule}
 */
export function removeSchedule(ctx: Context, input: z.output<typeof removeScheduleInput>): Promise<DeploymentView> {
  return change(ctx, input, { kind: "schedule.remove" });
}

/**
 * As {@link removeSchedule}, for one whose place another has taken: it stays where the runner did not take the other, its successor. Without
 * one, as who signed did not name it, it ends in any case.
 * @throws as {@link pauseSchedule}
 */
export function endReplaced(ctx: Context, input: Change & { successorId?: string }): Promise<DeploymentView> {
  const { successorId, ...asked } = input;
  return change(ctx, asked, { kind: "schedule.remove", ...(successorId ? { successorId } : {}) });
}

async function change(ctx: Context, { id, signedManifest }: Change, order: Order): Promise<DeploymentView> {
  const deployment = await ctx.db.deployment.findUnique({
    where: { id, scheduleRemovedAt: null },
    select: { projectId: true, runnerId: true, schedule: true },
  });
  if (!deployment || deployment.schedule === null) throw new AppError("NOT_FOUND");
  const { projectId, runnerId } = deployment;
  await authorize(ctx, projectId, "run.write");
  const { kind, ...how } = order;
  const payload = { deploymentId: id, ...how };
  const signed = await checkOrder(ctx, { projectId, runnerId, signed: signedManifest, command: kind, payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  await ctx.db.$transaction(async (tx) => {
    const runner = await tx.runner.findUniqueOrThrow({ where: { id: runnerId }, select: { status: true } });
    if (runner.status === "accepted") await ask(tx, ctx, { id, projectId, runnerId, signed, order });
    else if (order.kind === "schedule.remove") await tx.deployment.update({ where: { id }, data: { scheduleRemovedAt: ctx.clock.now() } });
    else throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id }]);
  });
  return showDeployment(ctx, id);
}

type Ask = { id: string; projectId: string; runnerId: string; signed: string | undefined; order: Order };

async function ask(tx: Tx, ctx: Context, { id, projectId, runnerId, signed, order }: Ask): Promise<void> {
  const now = ctx.clock.now();
  const [before] = await tx.$queryRaw<{ id: string }[]>`
    select c.id from "Deployment" d join "Command" c on c.id = d."scheduleOrderId" where d.id = ${id}::uuid and c.state = 'queued'`;
  // before the deployment's row is written: whoever ends a command holds that first
  if (before) await requestCancel(tx, ctx, before.id);
  const common = { projectId, runnerId, deadlineAt: orderDeadline(signed, now) };
  const asked = { deploymentId: id, ...(signed ? { signedManifest: signed } : {}) };
  const command =
    order.kind === "schedule.pause"
      ? await enqueueCommand(tx, ctx, { ...common, kind: order.kind, payload: { ...asked, paused: order.paused } })
      : await enqueueCommand(tx, ctx, {
          ...common,
          kind: order.kind,
          payload: { ...asked, ...(order.successorId ? { successorId: order.successorId } : {}) },
        });
  const what = order.kind === "schedule.remove" ? "remove" : order.paused ? "pause" : "resume";
  await tx.deployment.update({
    where: { id },
    data: { scheduleOrder: what, scheduleOrderId: command.id, scheduleOrderedAt: now, scheduleOrderFailure: null },
  });
}
