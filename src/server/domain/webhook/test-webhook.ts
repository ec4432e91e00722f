import { v7 as uuid } from "uuid";
import type { Context } from "@/server/context";
import { raiseAlert } from "@/server/domain/alert/raise-alert";
import { AppError } from "@/server/errors";
import { webhookTestsByProject } from "@/server/limits";
import { takeFromLimit } from "@/server/rate-limit";
import { findWebhook } from "./queries.ts";

/**
 * Sends a `webhook.test` the way that everything goes, retries included.
 * @returns the delivery's id, to be looked at
 * @throws AppError NOT_FOUND; FORBIDDEN; CONFLICT for one that is disabled; RATE_LIMITED
 */
export async function testWebhook(ctx: Context, input: { id: string }, { publicUrl }: { publicUrl: string }): Promise<{ id: string }> {
  const { id, name, projectId, disabledAt } = await findWebhook(ctx, input.id, "alert.manage");
  if (disabledAt) throw new AppError("CONFLICT", { userMessage: "The webhook is disabled. Enable it first." });
  await takeFromLimit(ctx.db, webhookTestsByProject, projectId);
  return ctx.db.$transaction(async (tx) => {
    const project = await tx.project.findUniqueOrThrow({ where: { id: projectId }, select: { id: true, name: true } });
    const data = { project, webhook: { id, name }, url: `${publicUrl}/dashboard/alerts/webhooks/${id}` };
    const alertId = await raiseAlert(tx, ctx, {
      projectId,
      cause: `webhook.test:${uuid()}`,
      content: { type: "webhook.test", data },
      to: { webhookIds: [id], userIds: [] },
    });
    const delivery = await tx.delivery.findFirst({ where: { alertId: alertId ?? "", webhookId: id }, select: { id: true } });
    if (!delivery) throw new AppError("CONFLICT", { userMessage: "The webhook was disabled just now." });
    return delivery;
  });
}
