import { randomBytes } from "node:crypto";
import { openText, sealText } from "@/server/seal";

/** How long the secret before the current one still signs, in milliseconds. */
export const PREVIOUS_SECRET_MS = 24 * 60 * 60_000;

/** A signing secret as Standard Webhooks writes it: 256 random bits. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

export function sealWebhookSecret(authSecret: string, secret: string): string {
  return sealText(authSecret, "deskhand-webhook-secret", secret);
}

type Secrets = { sealedSecret: string; sealedPreviousSecret: string | null; previousSecretUntil: Date | null };

/** The secrets that sign now, the current one first; undefined when AUTH_SECRET is another than the one that sealed them. */
export function secretsOf(webhook: Secrets, authSecret: string, now: Date): string[] | undefined {
  const open = (sealed: string) => openText(authSecret, "deskhand-webhook-secret", sealed);
  const current = open(webhook.sealedSecret);
  if (current === undefined) return undefined;
  const { sealedPreviousSecret, previousSecretUntil } = webhook;
  const previous = sealedPreviousSecret && previousSecretUntil && previousSecretUntil > now ? open(sealedPreviousSecret) : undefined;
  return previous === undefined ? [current] : [current, previous];
}
