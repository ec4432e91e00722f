import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findDeployment } from "./progress.ts";

/** Has the runs of a deployment that were not sent yet wait; what its runner has goes on. @throws AppError NOT_FOUND */
export async function pauseDeployment(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId } = await findDeployment(ctx, input.id, "run.write");
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.deployment.updateMany({ where: { id, pausedAt: null }, data: { pausedAt: ctx.clock.now() } });
    if (count === 0) return;
    await tx.command.updateMany({ where: { run: { deploymentId: id }, finishedAt: null, state: "queued" }, data: { paused: true } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id }]);
  });
  return { done: true };
}
