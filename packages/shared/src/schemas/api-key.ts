import * as z from "zod";
import { id, inProject, instant, name } from "./common.ts";

/** `read` sees, `run` deploys, cancels and reruns, `write` changes profiles and workflows, `manage` changes runners and keys. */
export const apiKeyScope = z.enum(["read", "run", "write", "manage"]);
export type ApiKeyScope = z.infer<typeof apiKeyScope>;

export const createApiKeyInput = inProject.extend({ name, scopes: z.array(apiKeyScope).min(1, "Choose at least one scope.").max(4) });

export const apiKeyView = z.object({
  id,
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(apiKeyScope),
  createdBy: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  revokedAt: instant.nullable(),
});
export type ApiKeyView = z.infer<typeof apiKeyView>;

/** The only answer that ever holds the key itself. */
export const createdApiKeyView = apiKeyView.extend({ key: z.string() });

export const apiKeyList = z.object({ items: z.array(apiKeyView) });
