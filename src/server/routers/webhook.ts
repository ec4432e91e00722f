import { byId, done, inProject } from "@deskhand/shared/schemas/common";
import { deliveryDetail, deliveryPage, listDeliveriesInput } from "@deskhand/shared/schemas/delivery";
import {
  changeWebhookInput,
  createWebhookInput,
  replayed,
  replayFailedInput,
  webhookList,
  webhookView,
  webhookWithSecret,
} from "@deskhand/shared/schemas/webhook";
import { getDelivery, listDeliveries } from "@/server/domain/delivery/queries";
import { replayDelivery } from "@/server/domain/delivery/replay-delivery";
import { replayFailed } from "@/server/domain/delivery/replay-failed";
import { changeWebhook } from "@/server/domain/webhook/change-webhook";
import { createWebhook } from "@/server/domain/webhook/create-webhook";
import { deleteWebhook } from "@/server/domain/webhook/delete-webhook";
import { getWebhook, listWebhooks } from "@/server/domain/webhook/queries";
import { rotateWebhookSecret } from "@/server/domain/webhook/rotate-webhook-secret";
import { testWebhook } from "@/server/domain/webhook/test-webhook";
import { serverProcess } from "@/server/process";
import { procedure, router } from "./trpc.ts";

const tags = ["Webhooks"];
const authSecret = () => ({ authSecret: serverProcess().env.AUTH_SECRET });

export const webhookRouter = router({
  list: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/webhooks", tags, summary: "List webhooks", protect: true } })
    .input(inProject)
    .output(webhookList)
    .query(({ ctx, input }) => listWebhooks(ctx, input)),

  get: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/webhooks/{id}", tags, summary: "Get a webhook", protect: true } })
    .input(byId)
    .output(webhookView)
    .query(({ ctx, input }) => getWebhook(ctx, input)),

  create: procedure
    .meta({
      policy: "alert.manage",
      secretAnswer: true,
      openapi: { method: "POST", path: "/webhooks", tags, summary: "Create a webhook; only this answer holds its secret", protect: true },
    })
    .input(createWebhookInput)
    .output(webhookWithSecret)
    .mutation(({ ctx, input }) => createWebhook(ctx, input, authSecret())),

  change: procedure
    .meta({
      policy: "alert.manage",
      openapi: { method: "PATCH", path: "/webhooks/{id}", tags, summary: "Change, disable or enable a webhook", protect: true },
    })
    .input(changeWebhookInput)
    .output(webhookView)
    .mutation(({ ctx, input }) => changeWebhook(ctx, input)),

  delete: procedure
    .meta({
      policy: "alert.manage",
      openapi: { method: "DELETE", path: "/webhooks/{id}", tags, summary: "Delete a webhook and its deliveries", protect: true },
    })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => deleteWebhook(ctx, input)),

  rotateSecret: procedure
    .meta({
      policy: "alert.manage",
      secretAnswer: true,
      openapi: {
        method: "POST",
        path: "/webhooks/{id}/rotate-secret",
        tags,
        summary: "Make a new secret; the one before signs as well for 24 hours",
        protect: true,
      },
    })
    .input(byId)
    .output(webhookWithSecret)
    .mutation(({ ctx, input }) => rotateWebhookSecret(ctx, input, authSecret())),

  test: procedure
    .meta({
      policy: "alert.manage",
      openapi: { method: "POST", path: "/webhooks/{id}/test", tags, summary: "Send a test; the answer names its delivery", protect: true },
    })
    .input(byId)
    .output(byId)
    .mutation(({ ctx, input }) => testWebhook(ctx, input, { publicUrl: serverProcess().env.PUBLIC_URL })),

  deliveries: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/webhooks/{id}/deliveries", tags, summary: "List what was sent to a webhook", protect: true },
    })
    .input(listDeliveriesInput)
    .output(deliveryPage)
    .query(({ ctx, input }) => listDeliveries(ctx, input)),

  delivery: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/deliveries/{id}", tags, summary: "Get a delivery with its text and each attempt", protect: true },
    })
    .input(byId)
    .output(deliveryDetail)
    .query(({ ctx, input }) => getDelivery(ctx, input)),

  replay: procedure
    .meta({
      policy: "alert.manage",
      openapi: { method: "POST", path: "/deliveries/{id}/replay", tags, summary: "Send a delivery again", protect: true },
    })
    .input(byId)
    .output(deliveryDetail)
    .mutation(({ ctx, input }) => replayDelivery(ctx, input)),

  replayFailed: procedure
    .meta({
      policy: "alert.manage",
      openapi: {
        method: "POST",
        path: "/webhooks/{id}/replay",
        tags,
        summary: "Send again what a webhook missed since then",
        protect: true,
      },
    })
    .input(replayFailedInput)
    .output(replayed)
    .mutation(({ ctx, input }) => replayFailed(ctx, input)),
});
