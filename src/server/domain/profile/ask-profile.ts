import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import type { Context } from "@/server/context";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { PARCEL_KEPT_MS } from "@/server/domain/parcel/rules";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";

type About = { id: string; projectId: string; runnerId: string };
type Asked<Kind extends TaskKind> = { command: Kind; payload: TaskPayload<Kind> & { parcelId: string }; signed: string | undefined };

/**
 * Asks a profile's runner for a task that needs a parcel: as long as there is one.
 * @throws AppError NOT_FOUND for a parcel of another project, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED,
 * MANIFEST_INVALID
 */
export async function askProfile<Kind extends "profile.import" | "profile.export">(
  ctx: Context,
  { projectId, runnerId }: About,
  { command, payload, signed }: Asked<Kind>,
): Promise<{ id: string }> {
  const now = ctx.clock.now();
  const parcel = await ctx.db.parcel.findUnique({ where: { id: payload.parcelId, expiresAt: { gt: now } }, select: { projectId: true } });
  if (parcel?.projectId !== projectId) throw new AppError("NOT_FOUND", { details: { what: "parcel" } });
  const signedManifest = await checkOrder(ctx, { projectId, runnerId, signed, command, payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  return ctx.db.$transaction(async (tx) => {
    const runner = await tx.runner.findUniqueOrThrow({ where: { id: runnerId }, select: { status: true } });
    if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    const deadlineAt = new Date(now.getTime() + PARCEL_KEPT_MS);
    const whole = { ...payload, ...(signedManifest && { signedManifest }) };
    return enqueueCommand(tx, ctx, { projectId, runnerId, kind: command, payload: whole, deadlineAt } as Parameters<
      typeof enqueueCommand
    >[2]);
  });
}
