import type { Context } from "@/server/context";
import { findWebhook } from "@/server/domain/webhook/queries";
import { AppError } from "@/server/errors";
import { webhookTestsByProject } from "@/server/limits";
import { takeFromLimit } from "@/server/rate-limit";
import { sendSignals } from "@/server/signals";
import { dueAgain, REPLAY_AT_MOST } from "./rules.ts";

/**
 * Sends again what a webhook missed since then, the oldest first, at most 1,000.
 * @returns how many
 * @throws AppError NOT_FOUND; FORBIDDEN; CONFLICT when it is disabled; RATE_LIMITED
 */
export async function replayFailed(ctx: Context, input: { id: string; since: string }): Promise<{ count: number }> {
  const { id: webhookId, projectId, disabledAt } = await findWebhook(ctx, input.id, "alert.manage");
  if (disabledAt) throw new AppError("CONFLICT", { userMessage: "The webhook is disabled. Enable it first." });
  await takeFromLimit(ctx.db, webhookTestsByProject, projectId);
  return ctx.db.$transaction(async (tx) => {
    const missed = await tx.delivery.findMany({
      where: { webhookId, state: "failed", createdAt: { gte: new Date(input.since) } },
      orderBy: { createdAt: "asc" },
      take: REPLAY_AT_MOST,
      select: { id: true },
    });
    const ids = missed.map(({ id }) => id);
    const { count } = await tx.delivery.updateMany({ where: { id: { in: ids }, state: "failed" }, data: dueAgain(ctx.clock.now()) });
    await sendSignals(tx, [{ kind: "alerts" }, { kind: "change", projectId, topic: "alert", id: webhookId }]);
    return { count };
  });
}
