import type { Permission } from "@deskhand/shared/schemas/project";
import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import type { Context } from "@/server/context";
import { newestFirst } from "@/server/cursor";
import { authorize, mayAlso } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { Webhook } from "@/server/generated/prisma/client";
import { showWebhooks } from "./view.ts";

/** The project's webhooks, newest first. Their secrets are in no answer but those that made them. */
export async function listWebhooks(ctx: Context, input: { projectId?: string | undefined }): Promise<{ items: WebhookView[] }> {
  const { projectId, role } = await authorize(ctx, input.projectId, "project.read");
  const webhooks = await ctx.db.webhook.findMany({ where: { projectId }, orderBy: newestFirst });
  return { items: await showWebhooks(ctx, webhooks, { whole: mayAlso(ctx, role, "alert.manage") }) };
}

/** A webhook that the actor may use in this way, and whether they may see all of it. @throws AppError NOT_FOUND */
export async function findWebhook(ctx: Context, id: string, permission: Permission): Promise<Webhook & { manages: boolean }> {
  const webhook = await ctx.db.webhook.findUnique({ where: { id } });
  if (!webhook) throw new AppError("NOT_FOUND");
  const { role } = await authorize(ctx, webhook.projectId, permission);
  return { ...webhook, manages: mayAlso(ctx, role, "alert.manage") };
}

export async function getWebhook(ctx: Context, input: { id: string }): Promise<WebhookView> {
  const { manages, ...webhook } = await findWebhook(ctx, input.id, "project.read");
  const [view] = await showWebhooks(ctx, [webhook], { whole: manages });
  if (!view) throw new AppError("NOT_FOUND");
  return view;
}
