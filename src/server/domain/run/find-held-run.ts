import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { findRun } from "./queries.ts";

/** The runner of a run whose page the actor took over themselves. @throws AppError NOT_FOUND, FORBIDDEN for what another person took over */
export async function findHeldRun(ctx: Context, input: { runId: string; holdId: string }): Promise<{ runnerId: string }> {
  const { id, runnerId } = await findRun(ctx, input.runId, "run.write");
  const task = await ctx.db.command.findFirst({ where: { id: input.holdId, runnerId, kind: "run.hold" } });
  if (!task || (task.payload as { runId?: unknown }).runId !== id) throw new AppError("NOT_FOUND");
  const userId = "userId" in ctx.actor ? ctx.actor.userId : null;
  if (userId === null || task.requestedById !== userId) throw new AppError("FORBIDDEN");
  return { runnerId };
}
