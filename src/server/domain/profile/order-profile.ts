import type { orderProfileInput } from "@deskhand/shared/schemas/profile-order";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { findStillProfile } from "./queries.ts";
import { ORDER_WITHIN_MS } from "./rules.ts";

/**
 * Asks a profile's runner to do something with it now. @returns the task, which tells what came of it
 * @throws AppError NOT_FOUND, PROFILE_MOVING, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function orderProfile(ctx: Context, input: z.output<typeof orderProfileInput>): Promise<{ id: string }> {
  const { id, projectId, runnerId } = await findStillProfile(ctx, input.id, "profile.write");
  const { kind, ...asked } = input.order;
  const command = `profile.${kind}` as const;
  const payload = { profileId: id, ...asked };
  const signedManifest = await checkOrder(ctx, { projectId, runnerId, signed: input.signedManifest, command, payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  return ctx.db.$transaction(async (tx) => {
    const runner = await tx.runner.findUniqueOrThrow({ where: { id: runnerId }, select: { status: true } });
    if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
    const deadlineAt = new Date(ctx.clock.now().getTime() + ORDER_WITHIN_MS);
    const whole = { ...payload, ...(signedManifest ? { signedManifest } : {}) };
    return enqueueCommand(tx, ctx, { projectId, runnerId, kind: command, payload: whole, deadlineAt } as Parameters<
      typeof enqueueCommand
    >[2]);
  });
}
