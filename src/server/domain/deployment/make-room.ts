import { isFinal } from "@deskhand/shared/schemas/run";
import { type FiringReason, schedule as scheduleSchema } from "@deskhand/shared/schemas/schedule";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { requestCancel } from "@/server/domain/command/request-cancel";

/**
 * What keeps a deployment that runs by itself from beginning now, as runs of it are not over, by its own rule for that; null when nothing does.
 * Runs that the rule ends are asked to. Within the caller's transaction, which lets nobody else begin it meanwhile.
 */
export async function makeRoom(
  tx: Tx,
  ctx: Context,
  deployment: { id: string; schedule: unknown },
): Promise<Extract<FiringReason, "STILL_RUNNING" | "QUEUE_FULL"> | null> {
  const { overlap } = scheduleSchema.parse(deployment.schedule);
  const commands = await tx.command.findMany({
    where: { run: { deploymentId: deployment.id }, finishedAt: null },
    select: { id: true, state: true, projectId: true, runnerId: true },
  });
  const unfinished = commands.filter(({ state }) => !isFinal(state));
  if (unfinished.length === 0) return null;
  if (overlap === "skip") return "STILL_RUNNING";
  if (overlap === "queue") return unfinished.some(({ state }) => state !== "running") ? "QUEUE_FULL" : null;
  for (const { id } of unfinished) await requestCancel(tx, ctx, id);
  return null;
}
