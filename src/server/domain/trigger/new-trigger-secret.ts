import type { TriggerView } from "@deskhand/shared/schemas/trigger";
import type { Context } from "@/server/context";
import { newWebhookSecret, PREVIOUS_SECRET_MS, sealWebhookSecret } from "@/server/domain/webhook/secret";
import { sendSignals } from "@/server/signals";
import { findWebhookTrigger, showTrigger } from "./queries.ts";

/**
 * The secret that messages are signed with, told this once. One that was there before is good for 24 hours more, so that who calls can be
 * changed in between. @throws AppError NOT_FOUND; FORBIDDEN
 */
export async function newTriggerSecret(
  ctx: Context,
  input: { id: string },
  { authSecret, publicUrl }: { authSecret: string; publicUrl: string },
): Promise<TriggerView & { secret: string }> {
  const { id, projectId, deploymentId, sealedSecret } = await findWebhookTrigger(ctx, input.id);
  const secret = newWebhookSecret();
  await ctx.db.$transaction(async (tx) => {
    await tx.trigger.update({
      where: { id },
      data: {
        sealedSecret: sealWebhookSecret(authSecret, secret),
        sealedPreviousSecret: sealedSecret,
        previousSecretUntil: sealedSecret && new Date(ctx.clock.now().getTime() + PREVIOUS_SECRET_MS),
      },
    });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id: deploymentId }]);
  });
  return { ...(await showTrigger(ctx, deploymentId, { publicUrl })), secret };
}
