import type { runBackupInput } from "@deskhand/shared/schemas/backup";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { findRunner } from "@/server/domain/runner/queries";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { BACKUP_WITHIN_MS } from "./rules.ts";

/**
 * Asks a runner to make a backup now, or to verify its backups. Where they go and what is in them is its owner's, on its computer.
 * @throws AppError NOT_FOUND, RUNNER_NOT_ACCEPTED, RATE_LIMITED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function runBackup(ctx: Context, input: z.output<typeof runBackupInput>): Promise<{ done: true }> {
  const { id: runnerId, projectId, status } = await findRunner(ctx, input.id, "runner.manage");
  if (status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status } });
  const payload = { action: input.action };
  const signedManifest = await checkOrder(ctx, { projectId, runnerId, signed: input.signedManifest, command: "backup.run", payload });
  await limitCommands(ctx, { projectId, runnerId, count: 1 });
  await ctx.db.$transaction(async (tx) => {
    const deadlineAt = new Date(ctx.clock.now().getTime() + BACKUP_WITHIN_MS);
    const signed = signedManifest ? { signedManifest } : {};
    await enqueueCommand(tx, ctx, { projectId, runnerId, kind: "backup.run", payload: { ...payload, ...signed }, deadlineAt });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "runner", id: runnerId }]);
  });
  return { done: true };
}
