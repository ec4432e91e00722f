import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import type { Context } from "@/server/context";
import type { Webhook } from "@/server/generated/prisma/client";

type Counts = WebhookView["counts"];

/** @param whole show the path of the address, which may hold a secret */
function viewWebhook(webhook: Webhook, counts: Counts, { whole, now }: { whole: boolean; now: Date }): WebhookView {
  const { previousSecretUntil } = webhook;
  return {
    id: webhook.id,
    name: webhook.name,
    url: whole ? webhook.url : `${new URL(webhook.url).origin}/…`,
    createdAt: webhook.createdAt.toISOString(),
    previousSecretUntil: previousSecretUntil && previousSecretUntil > now ? previousSecretUntil.toISOString() : null,
    failingSince: webhook.failingSince?.toISOString() ?? null,
    disabledAt: webhook.disabledAt?.toISOString() ?? null,
    disabledReason: webhook.disabledReason as WebhookView["disabledReason"],
    counts,
  };
}

/** Webhooks as the outside sees them; the caller has authorized them. */
export async function showWebhooks(ctx: Context, webhooks: Webhook[], { whole }: { whole: boolean }): Promise<WebhookView[]> {
  const groups = await ctx.db.delivery.groupBy({
    by: ["webhookId", "state"],
    where: { webhookId: { in: webhooks.map(({ id }) => id) } },
    _count: { _all: true },
  });
  return webhooks.map((webhook) => {
    const counts: Counts = { pending: 0, delivered: 0, failed: 0 };
    for (const { webhookId, state, _count } of groups) if (webhookId === webhook.id) counts[state] = _count._all;
    return viewWebhook(webhook, counts, { whole, now: ctx.clock.now() });
  });
}

export async function showWebhook(ctx: Context, webhook: Webhook): Promise<WebhookView> {
  const [view] = await showWebhooks(ctx, [webhook], { whole: true });
  if (!view) throw new Error("one webhook has one view");
  return view;
}
