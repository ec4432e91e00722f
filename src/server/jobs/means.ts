import { createMailer } from "@/server/clients/mailer";
import { postWebhook } from "@/server/clients/webhook";
import type { Means } from "@/server/domain/delivery/send-due-deliveries";
import type { Env } from "@/server/env";

/** What jobs need besides the context: how to reach people, and the installation's own address. */
export type JobMeans = Means;

export type MeansSettings = Pick<Env, "PUBLIC_URL" | "AUTH_SECRET" | "SMTP_URL" | "MAIL_FROM" | "WEBHOOK_ALLOW_PRIVATE">;

/** The means of this installation; `signal` ends what is under way. */
export function createMeans(env: MeansSettings, signal: AbortSignal): JobMeans {
  return {
    publicUrl: env.PUBLIC_URL,
    authSecret: env.AUTH_SECRET,
    allowPrivate: env.WEBHOOK_ALLOW_PRIVATE === "on",
    mailer: createMailer(env),
    postWebhook,
    signal,
  };
}
