import { apiKeyList, apiKeyView, createApiKeyInput, createdApiKeyView } from "@deskhand/shared/schemas/api-key";
import { byId, inProject } from "@deskhand/shared/schemas/common";
import { createApiKey } from "@/server/domain/api-key/create-api-key";
import { listApiKeys } from "@/server/domain/api-key/queries";
import { revokeApiKey } from "@/server/domain/api-key/revoke-api-key";
import { procedure, router } from "./trpc.ts";

const tags = ["API keys"];

export const apiKeyRouter = router({
  list: procedure
    .meta({ policy: "apiKey.manage", openapi: { method: "GET", path: "/api-keys", tags, summary: "List API keys", protect: true } })
    .input(inProject)
    .output(apiKeyList)
    .query(({ ctx, input }) => listApiKeys(ctx, input)),

  create: procedure
    .meta({
      policy: "apiKey.manage",
      secretAnswer: true,
      openapi: { method: "POST", path: "/api-keys", tags, summary: "Create an API key; only this answer holds it", protect: true },
    })
    .input(createApiKeyInput)
    .output(createdApiKeyView)
    .mutation(({ ctx, input }) => createApiKey(ctx, input)),

  revoke: procedure
    .meta({
      policy: "apiKey.manage",
      openapi: { method: "POST", path: "/api-keys/{id}/revoke", tags, summary: "Revoke an API key", protect: true },
    })
    .input(byId)
    .output(apiKeyView)
    .mutation(({ ctx, input }) => revokeApiKey(ctx, input)),
});
