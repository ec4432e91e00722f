import type { createWebhookInput, WebhookView } from "@deskhand/shared/schemas/webhook";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { MAX_WEBHOOKS_PER_PROJECT } from "@/server/limits";
import { sendSignals } from "@/server/signals";
import { newWebhookSecret, sealWebhookSecret } from "./secret.ts";
import { showWebhook } from "./view.ts";

/**
 * A webhook of the project. The answer is the only place that ever holds its secret, but that of a new secret.
 * @throws AppError FORBIDDEN; CONFLICT at 20 webhooks
 */
export async function createWebhook(
  ctx: Context,
  input: z.output<typeof createWebhookInput>,
  { authSecret }: { authSecret: string },
): Promise<WebhookView & { secret: string }> {
  const { projectId } = await authorize(ctx, input.projectId, "alert.manage");
  const secret = newWebhookSecret();
  const webhook = await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    if ((await tx.webhook.count({ where: { projectId } })) >= MAX_WEBHOOKS_PER_PROJECT) {
      throw new AppError("CONFLICT", {
        userMessage: `A project may have ${MAX_WEBHOOKS_PER_PROJECT} webhooks. Delete one that nobody uses.`,
      });
    }
    const created = await tx.webhook.create({
      data: {
        projectId,
        name: input.name,
        url: input.url,
        sealedSecret: sealWebhookSecret(authSecret, secret),
        createdById: "userId" in ctx.actor ? ctx.actor.userId : null,
        createdAt: ctx.clock.now(),
      },
    });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "alert", id: created.id }]);
    return created;
  });
  return { ...(await showWebhook(ctx, webhook)), secret };
}
