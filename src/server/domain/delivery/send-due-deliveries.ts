import type { AlertContent } from "@deskhand/shared/schemas/alert";
import type { Mailer } from "@/server/clients/mailer";
import type { postWebhook } from "@/server/clients/webhook";
import type { Context } from "@/server/context";
import { mailFor } from "@/server/domain/alert/mail";
import { secretsOf } from "@/server/domain/webhook/secret";
import { toAppError } from "@/server/errors";
import { alertMailsByPerson } from "@/server/limits";
import { takeFromLimit } from "@/server/rate-limit";
import { type Claimed, claimDelivery } from "./claim-delivery.ts";
import { type Attempted, recordAttempt } from "./record-attempt.ts";
import { LANES, LANES_PER_WEBHOOK } from "./rules.ts";
import { messageOf, signedHeaders } from "./sign.ts";

/** What sends, and what it needs to know of the installation. */
export type Means = {
  publicUrl: string;
  authSecret: string;
  allowPrivate: boolean;
  mailer: Mailer | undefined;
  postWebhook: typeof postWebhook;
  /** Once it is aborted, no attempt begins. */
  signal?: AbortSignal;
};

type SendOptions = Means & {
  /** No attempt begins after this long, in milliseconds. */
  withinMs?: number;
};

/**
 * Attempts every delivery that is due, several at a time and at most two to one webhook, so that one that hangs holds up no other. May run
 * in several processes: each attempt is one process's. It is at least once: an attempt whose process dies is made again.
 * @returns how many attempts
 */
export async function sendDueDeliveries(ctx: Context, { withinMs = 45_000, ...means }: SendOptions): Promise<number> {
  const until = performance.now() + withinMs;
  const underWay = new Map<string, number>();
  let attempts = 0;
  const lane = async () => {
    while (performance.now() < until && !means.signal?.aborted) {
      const busy = [...underWay].filter(([, count]) => count >= LANES_PER_WEBHOOK).map(([id]) => id);
      const claimed = await claimDelivery(ctx, busy);
      if (!claimed) return;
      const { webhookId } = claimed;
      if (webhookId) underWay.set(webhookId, (underWay.get(webhookId) ?? 0) + 1);
      attempts += 1;
      try {
        await recordAttempt(ctx, claimed, await attempt(ctx, claimed, means), means);
      } finally {
        if (webhookId) underWay.set(webhookId, (underWay.get(webhookId) ?? 1) - 1);
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  // what one lane could not write is due again when it counts as lost; the others went on
  const failed = lanes.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return attempts;
}

const notSent = { status: null, durationMs: 0, answer: null, retryAfterMs: null };

async function attempt(ctx: Context, claimed: Claimed, means: Means): Promise<Attempted> {
  return claimed.webhookId ? attemptWebhook(ctx, claimed, claimed.webhookId, means) : attemptMail(ctx, claimed, means);
}

async function attemptWebhook(ctx: Context, claimed: Claimed, webhookId: string, means: Means): Promise<Attempted> {
  const webhook = await ctx.db.webhook.findUnique({ where: { id: webhookId } });
  if (!webhook || webhook.disabledAt) return { ...notSent, problem: "disabled" };
  const now = ctx.clock.now();
  const secrets = secretsOf(webhook, means.authSecret, now);
  if (!secrets) return { ...notSent, problem: "secret" };
  const { id, body } = messageOf(claimed);
  return means.postWebhook({
    url: webhook.url,
    body,
    headers: signedHeaders({ id, body, secrets, now }),
    allowPrivate: means.allowPrivate,
  });
}

async function attemptMail(ctx: Context, claimed: Claimed, { mailer, publicUrl }: Means): Promise<Attempted> {
  const user = claimed.userId ? await ctx.db.user.findUnique({ where: { id: claimed.userId }, select: { email: true } }) : null;
  if (!mailer || !user) return { ...notSent, problem: "mail-not-set-up" };
  try {
    await takeFromLimit(ctx.db, alertMailsByPerson, claimed.userId ?? "");
  } catch (error) {
    if (toAppError(error).code === "RATE_LIMITED") return { ...notSent, problem: "mail-too-many" };
    throw error;
  }
  const content = { type: claimed.type, data: claimed.data } as AlertContent;
  const messageId = `<${claimed.id}@${new URL(publicUrl).hostname}>`;
  const { status, problem, durationMs } = await mailer.send({ to: user.email, messageId, ...mailFor(content) });
  return { status, problem, durationMs, answer: null, retryAfterMs: null };
}
