import { byId, inProject } from "@deskhand/shared/schemas/common";
import { registerSigningKeyInput, signingKeyList, signingKeyView } from "@deskhand/shared/schemas/signing-key";
import { getSigningKey, listSigningKeys } from "@/server/domain/signing-key/queries";
import { registerSigningKey } from "@/server/domain/signing-key/register-signing-key";
import { revokeSigningKey } from "@/server/domain/signing-key/revoke-signing-key";
import { procedure, router } from "./trpc.ts";

const tags = ["Signing keys"];

export const signingKeyRouter = router({
  list: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/signing-keys", tags, summary: "List signing keys and the runners that trust them", protect: true },
    })
    .input(inProject)
    .output(signingKeyList)
    .query(({ ctx, input }) => listSigningKeys(ctx, input)),

  get: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/signing-keys/{id}", tags, summary: "Get a signing key", protect: true },
    })
    .input(byId)
    .output(signingKeyView)
    .query(({ ctx, input }) => getSigningKey(ctx, input)),

  register: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/signing-keys", tags, summary: "Make a signing key's public part known", protect: true },
    })
    .input(registerSigningKeyInput)
    .output(signingKeyView)
    .mutation(({ ctx, input }) => registerSigningKey(ctx, input)),

  revoke: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/signing-keys/{id}/revoke", tags, summary: "Revoke a signing key", protect: true },
    })
    .input(byId)
    .output(signingKeyView)
    .mutation(({ ctx, input }) => revokeSigningKey(ctx, input)),
});
