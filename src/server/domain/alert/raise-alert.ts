import type { AlertContent } from "@deskhand/shared/schemas/alert";
import { v7 as uuid } from "uuid";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { sendSignals } from "@/server/signals";

type Raise = {
  projectId: string;
  /** Names what happened: an alert that has it already is not raised again, whichever process comes second. */
  cause: string;
  content: AlertContent;
  /** Whom the rules name when absent. */
  to?: { webhookIds: string[]; userIds: string[] };
};

/**
 * Writes an alert and its deliveries within the caller's transaction, so that what happened and the telling of it are one. A webhook that
 * is disabled gets none.
 * @returns the alert's id; undefined when there was one for this cause already
 */
export async function raiseAlert(tx: Tx, ctx: Context, { projectId, cause, content, to }: Raise): Promise<string | undefined> {
  const id = uuid();
  const createdAt = ctx.clock.now();
  const { count } = await tx.alert.createMany({
    data: { id, projectId, type: content.type, cause, data: content.data, createdAt },
    skipDuplicates: true,
  });
  if (count === 0) return undefined;
  const targets = to ?? (await targetsOf(tx, projectId, content.type));
  const webhooks = await tx.webhook.findMany({ where: { id: { in: targets.webhookIds }, disabledAt: null }, select: { id: true } });
  const shared = { projectId, alertId: id, createdAt, dueAt: createdAt };
  await tx.delivery.createMany({
    data: [
      ...webhooks.map((webhook) => ({ ...shared, webhookId: webhook.id })),
      ...targets.userIds.map((userId) => ({ ...shared, userId })),
    ],
  });
  await sendSignals(tx, [{ kind: "alerts" }, { kind: "change", projectId, topic: "alert", id }]);
  ctx.logger.info({ alertId: id, projectId, type: content.type }, "an alert was raised");
  return id;
}

/** Each target once, however many rules name it. */
async function targetsOf(tx: Tx, projectId: string, type: string): Promise<{ webhookIds: string[]; userIds: string[] }> {
  const rules = await tx.alertRule.findMany({
    where: { projectId, events: { has: type } },
    select: { people: { select: { userId: true } }, webhooks: { select: { webhookId: true } } },
  });
  return {
    webhookIds: [...new Set(rules.flatMap(({ webhooks }) => webhooks.map(({ webhookId }) => webhookId)))],
    userIds: [...new Set(rules.flatMap(({ people }) => people.map(({ userId }) => userId)))],
  };
}
