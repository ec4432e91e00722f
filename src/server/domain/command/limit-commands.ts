import type { Context } from "@/server/context";
import { commandsByRunner } from "@/server/limits";
import { defaultPlan } from "@/server/plan";
import { takeManyFromLimit } from "@/server/rate-limit";

/**
 * Counts what somebody who may do so is about to ask of a runner against the plan. Before the transaction, because the count has a
 * connection of its own; with the project in the key, so that nobody uses up the limit of a runner that is not theirs.
 * @throws AppError RATE_LIMITED with how long to wait
 */
export async function limitCommands(ctx: Context, target: { projectId: string; runnerId: string; count: number }): Promise<void> {
  const limit = commandsByRunner(ctx.plan ?? defaultPlan);
  await takeManyFromLimit(ctx.db, limit, `${target.projectId}:${target.runnerId}`, target.count);
}
