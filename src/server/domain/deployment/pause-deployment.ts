import { schedule as scheduleSchema } from "@deskhand/shared/schemas/schedule";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findDeployment } from "./progress.ts";

/**
 * Has the runs of a deployment that were not sent yet wait; what its runner has goes on.
 * @throws AppError NOT_FOUND; CONFLICT for one whose runs the runner begins by itself, of which none waits here
 */
export async function pauseDeployment(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId, schedule } = await findDeployment(ctx, input.id, "run.write");
  const when = scheduleSchema.nullable().parse(schedule)?.when;
  if (when && when.kind !== "webhook") {
    throw new AppError("CONFLICT", { userMessage: "The runner begins the runs of this deployment by itself: pause its schedule." });
  }
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.deployment.updateMany({ where: { id, pausedAt: null }, data: { pausedAt: ctx.clock.now() } });
    if (count === 0) return;
    await tx.command.updateMany({ where: { run: { deploymentId: id }, finishedAt: null, state: "queued" }, data: { paused: true } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id }]);
  });
  return { done: true };
}
