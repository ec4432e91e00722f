import type { DeliveryDetail } from "@deskhand/shared/schemas/delivery";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { webhookTestsByProject } from "@/server/limits";
import { takeFromLimit } from "@/server/rate-limit";
import { sendSignals } from "@/server/signals";
import { findDelivery, showDelivery } from "./queries.ts";
import { dueAgain } from "./rules.ts";

/**
 * Sends a delivery again, whether it had arrived or not; one that is still being tried is tried now.
 * @throws AppError NOT_FOUND; FORBIDDEN; CONFLICT when its webhook is disabled; RATE_LIMITED
 */
export async function replayDelivery(ctx: Context, input: { id: string }): Promise<DeliveryDetail> {
  const { id, projectId, alertId, webhookId } = await findDelivery(ctx, input.id, "alert.manage");
  const webhook = webhookId ? await ctx.db.webhook.findUnique({ where: { id: webhookId }, select: { disabledAt: true } }) : null;
  if (webhook?.disabledAt) throw new AppError("CONFLICT", { userMessage: "The webhook is disabled. Enable it first." });
  await takeFromLimit(ctx.db, webhookTestsByProject, projectId);
  await ctx.db.$transaction(async (tx) => {
    await tx.delivery.updateMany({ where: { id }, data: dueAgain(ctx.clock.now()) });
    await sendSignals(tx, [{ kind: "alerts" }, { kind: "change", projectId, topic: "alert", id: alertId }]);
  });
  return showDelivery(ctx, id, { answers: true });
}
