import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { raiseAlert } from "@/server/domain/alert/raise-alert";

type Disable = { webhookId: string; reason: "failing" | "gone"; publicUrl: string };

/**
 * Stops a webhook that cannot be reached any more, gives up what waits for it, and tells the owner and the admins by e-mail, whatever the
 * rules say: nobody else would notice.
 */
export async function disableWebhook(tx: Tx, ctx: Context, { webhookId, reason, publicUrl }: Disable): Promise<void> {
  const disabledAt = ctx.clock.now();
  const { count } = await tx.webhook.updateMany({
    where: { id: webhookId, disabledAt: null },
    data: { disabledAt, disabledReason: reason },
  });
  if (count === 0) return;
  await tx.delivery.updateMany({ where: { webhookId, state: "pending" }, data: { state: "failed", problem: "disabled", dueAt: null } });
  const { project, id, name, failingSince } = await tx.webhook.findUniqueOrThrow({
    where: { id: webhookId },
    select: { id: true, name: true, failingSince: true, project: { select: { id: true, name: true } } },
  });
  const managers = await tx.member.findMany({
    where: { projectId: project.id, role: { in: ["owner", "admin"] } },
    select: { userId: true },
  });
  await raiseAlert(tx, ctx, {
    projectId: project.id,
    cause: `webhook.disabled:${webhookId}:${disabledAt.getTime()}`,
    content: {
      type: "webhook.disabled",
      data: {
        project,
        webhook: { id, name },
        reason,
        failingSince: failingSince?.toISOString() ?? null,
        url: `${publicUrl}/dashboard/alerts/webhooks/${id}`,
      },
    },
    to: { webhookIds: [], userIds: managers.map(({ userId }) => userId) },
  });
}
