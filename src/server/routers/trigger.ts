import { byId } from "@deskhand/shared/schemas/common";
import { changeTriggerInput, listTriggersInput, triggerPage, triggerView, triggerWithSecret } from "@deskhand/shared/schemas/trigger";
import { changeTrigger } from "@/server/domain/trigger/change-trigger";
import { newTriggerSecret } from "@/server/domain/trigger/new-trigger-secret";
import { listTriggers } from "@/server/domain/trigger/queries";
import { serverProcess } from "@/server/process";
import { procedure, router } from "./trpc.ts";

const tags = ["Triggers"];
const where = () => ({ publicUrl: serverProcess().env.PUBLIC_URL, authSecret: serverProcess().env.AUTH_SECRET });

export const triggerRouter = router({
  list: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/triggers", tags, summary: "List deployments that something begins", protect: true },
    })
    .input(listTriggersInput)
    .output(triggerPage)
    .query(({ ctx, input }) => listTriggers(ctx, input, where())),

  newSecret: procedure
    .meta({
      policy: "run.write",
      secretAnswer: true,
      openapi: {
        method: "POST",
        path: "/triggers/{id}/secret",
        tags,
        summary: "Make a webhook's secret; only this answer holds it",
        protect: true,
      },
    })
    .input(byId)
    .output(triggerWithSecret)
    .mutation(({ ctx, input }) => newTriggerSecret(ctx, input, where())),

  change: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "PATCH", path: "/triggers/{id}", tags, summary: "Switch a webhook off, or on again", protect: true },
    })
    .input(changeTriggerInput)
    .output(triggerView)
    .mutation(({ ctx, input }) => changeTrigger(ctx, input, where())),
});
