import type { DeliveryProblem } from "@deskhand/shared/schemas/delivery";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { disableWebhook } from "@/server/domain/webhook/disable-webhook";
import { metrics } from "@/server/metrics";
import { sendSignals } from "@/server/signals";
import type { Claimed } from "./claim-delivery.ts";
import { isHopeless, nextTryMs } from "./rules.ts";

export type Attempted = {
  status: number | null;
  problem: DeliveryProblem | null;
  durationMs: number;
  answer: string | null;
  retryAfterMs: number | null;
};

const GONE = 410;

/**
 * Writes down how an attempt went and what follows: it is delivered, tried again later, or given up; a webhook that says it is gone, or
 * that has failed for days, is disabled. An attempt that was taken for lost meanwhile leaves its line in the log and decides nothing.
 */
export async function recordAttempt(
  ctx: Context,
  claimed: Claimed,
  attempted: Attempted,
  { publicUrl }: { publicUrl: string },
): Promise<void> {
  const { id, webhookId } = claimed;
  const { status, problem, durationMs, answer } = attempted;
  const now = ctx.clock.now();
  const wait = problem === null ? undefined : nextTryMs(claimed.tries, problem, Math.random(), attempted.retryAfterMs);
  const state = problem === null ? "delivered" : wait === undefined ? "failed" : "pending";
  await ctx.db.$transaction(async (tx) => {
    const at = new Date(now.getTime() - durationMs);
    // the webhook before its deliveries, as whoever disables it takes them; Prisma has no row locks
    if (webhookId) await tx.$queryRaw`select 1 from "Webhook" where id = ${webhookId}::uuid for no key update`;
    // deleted meanwhile: there is nobody to tell
    if (!(await tx.delivery.findUnique({ where: { id }, select: { id: true } }))) return;
    await tx.deliveryAttempt.createMany({
      data: { deliveryId: id, number: claimed.attempts, at, durationMs, status, problem, answer },
      skipDuplicates: true,
    });
    const { count } = await tx.delivery.updateMany({
      where: { id, attempts: claimed.attempts, state: "pending" },
      data: {
        state,
        problem,
        dueAt: wait === undefined ? null : new Date(now.getTime() + wait),
        ...(state === "delivered" ? { deliveredAt: now } : {}),
      },
    });
    if (count > 0 && webhookId) await noteHealth(tx, ctx, webhookId, attempted, publicUrl);
    await sendSignals(tx, [{ kind: "change", projectId: claimed.projectId, topic: "alert", id: claimed.alertId }]);
  });
  metrics().deliveryAttempts.inc({ channel: webhookId ? "webhook" : "email", outcome: state === "pending" ? "retry" : state });
  ctx.logger.info(
    { deliveryId: id, alertId: claimed.alertId, attempt: claimed.attempts, state, status, problem, durationMs },
    "a delivery was attempted",
  );
}

async function noteHealth(tx: Tx, ctx: Context, webhookId: string, { status, problem }: Attempted, publicUrl: string): Promise<void> {
  const now = ctx.clock.now();
  if (problem === null) {
    await tx.webhook.updateMany({ where: { id: webhookId, failingSince: { not: null } }, data: { failingSince: null } });
    return;
  }
  await tx.webhook.updateMany({ where: { id: webhookId, failingSince: null }, data: { failingSince: now } });
  const { failingSince } = await tx.webhook.findUniqueOrThrow({ where: { id: webhookId }, select: { failingSince: true } });
  if (status === GONE) await disableWebhook(tx, ctx, { webhookId, reason: "gone", publicUrl });
  else if (failingSince && isHopeless(failingSince, now)) await disableWebhook(tx, ctx, { webhookId, reason: "failing", publicUrl });
}
