import { isFinal } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { Changes, holdCommands } from "@/server/domain/command/change-state";
import { findDeployment } from "./progress.ts";

/** Asks for all runs of a deployment to stop that are not over, as `cancelRun` does for one. @throws AppError NOT_FOUND */
export async function cancelDeployment(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId, runnerId } = await findDeployment(ctx, input.id, "run.write");
  const cancelRequestedAt = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    const under = await tx.command.findMany({ where: { run: { deploymentId: id }, finishedAt: null }, select: { id: true } });
    const held = await holdCommands(
      queryIn(tx),
      under.map((command) => command.id),
    );
    const asked = [...held.values()].filter(({ state, cancelRequestedAt: before }) => !isFinal(state) && !before);
    const ids = asked.map((command) => command.id);
    await tx.command.updateMany({ where: { id: { in: ids } }, data: { cancelRequestedAt } });
    await tx.run.updateMany({ where: { command: { id: { in: ids } } }, data: { cancelRequestedAt } });
    const changes = new Changes();
    for (const command of asked) {
      if (command.state === "queued") changes.move(ctx, command, { to: "cancelled", failureCode: "CANCELLED" });
      else changes.note(ctx, command, { from: command.state, to: command.state, reason: "CANCEL_REQUESTED" });
    }
    changes.tell({ kind: "cancels", runnerId }, { kind: "change", projectId, topic: "deployment", id });
    await changes.write(queryIn(tx));
  });
  return { done: true };
}
