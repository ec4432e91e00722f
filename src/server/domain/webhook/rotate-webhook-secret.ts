import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findWebhook } from "./queries.ts";
import { newWebhookSecret, PREVIOUS_SECRET_MS, sealWebhookSecret } from "./secret.ts";
import { showWebhook } from "./view.ts";

/**
 * A new secret, told this once. The one before it signs as well for 24 hours, so that a receiver can be changed in between without losing
 * anything; asked twice, the first of both is forgotten. @throws AppError NOT_FOUND; FORBIDDEN
 */
export async function rotateWebhookSecret(
  ctx: Context,
  input: { id: string },
  { authSecret }: { authSecret: string },
): Promise<WebhookView & { secret: string }> {
  const { id, projectId, sealedSecret } = await findWebhook(ctx, input.id, "alert.manage");
  const secret = newWebhookSecret();
  const webhook = await ctx.db.$transaction(async (tx) => {
    const row = await tx.webhook.update({
      where: { id },
      data: {
        sealedSecret: sealWebhookSecret(authSecret, secret),
        sealedPreviousSecret: sealedSecret,
        previousSecretUntil: new Date(ctx.clock.now().getTime() + PREVIOUS_SECRET_MS),
      },
    });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "alert", id }]);
    return row;
  });
  return { ...(await showWebhook(ctx, webhook)), secret };
}
