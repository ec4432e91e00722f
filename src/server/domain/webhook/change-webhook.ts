import type { changeWebhookInput, WebhookView } from "@deskhand/shared/schemas/webhook";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findWebhook } from "./queries.ts";
import { showWebhook } from "./view.ts";

/**
 * Changes what is given. One that is disabled keeps its deliveries, as failed; enabling it again begins anew, and what it missed is sent
 * again when somebody asks. @throws AppError NOT_FOUND; FORBIDDEN
 */
export async function changeWebhook(ctx: Context, input: z.output<typeof changeWebhookInput>): Promise<WebhookView> {
  const webhook = await findWebhook(ctx, input.id, "alert.manage");
  const { id, projectId } = webhook;
  const { name, url, enabled } = input;
  const stops = enabled === false && webhook.disabledAt === null;
  const starts = enabled === true && webhook.disabledAt !== null;
  const changed = await ctx.db.$transaction(async (tx) => {
    const row = await tx.webhook.update({
      where: { id },
      data: {
        ...(name === undefined ? {} : { name }),
        // another address has not failed yet
        ...(url === undefined || url === webhook.url ? {} : { url, failingSince: null }),
        ...(stops ? { disabledAt: ctx.clock.now(), disabledReason: "person" } : {}),
        ...(starts ? { disabledAt: null, disabledReason: null, failingSince: null } : {}),
      },
    });
    if (stops) {
      await tx.delivery.updateMany({
        where: { webhookId: id, state: "pending" },
        data: { state: "failed", problem: "disabled", dueAt: null },
      });
    }
    await sendSignals(tx, [{ kind: "change", projectId, topic: "alert", id }]);
    return row;
  });
  return showWebhook(ctx, changed);
}
