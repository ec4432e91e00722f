import { apiKeyScope } from "@deskhand/shared/schemas/api-key";
import type { Actor, Context } from "@/server/context";
import { hashSecret } from "@/server/secrets";
import { API_KEY_START, isUseStale } from "./rules.ts";

/** Who the key acts as; undefined when it is unknown or revoked. Its use is written down at most once a minute. */
export async function authenticateApiKey(ctx: Context, key: string): Promise<Extract<Actor, { kind: "apiKey" }> | undefined> {
  if (!key.startsWith(API_KEY_START) || key.length > 200) return undefined;
  const found = await ctx.db.apiKey.findUnique({ where: { secretHash: hashSecret(key) } });
  if (!found || found.revokedAt) return undefined;
  const now = ctx.clock.now();
  if (isUseStale(found.lastUsedAt, now)) {
    await ctx.db.apiKey.updateMany({ where: { id: found.id, lastUsedAt: found.lastUsedAt }, data: { lastUsedAt: now } });
  }
  const scopes = found.scopes.flatMap((scope) => apiKeyScope.safeParse(scope).data ?? []);
  return { kind: "apiKey", apiKeyId: found.id, projectId: found.projectId, userId: found.createdById, scopes };
}
