import type { ApiKeyScope, ApiKeyView } from "@deskhand/shared/schemas/api-key";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { MAX_API_KEYS_PER_PROJECT } from "@/server/limits";
import { hashSecret, newSecret } from "@/server/secrets";
import { sendSignals } from "@/server/signals";
import { API_KEY_START, SHOWN_CHARACTERS } from "./rules.ts";
import { apiKeyInclude, apiKeyView } from "./view.ts";

/**
 * A key that acts for the project as the person who made it, within its scopes. The answer is the only place that ever holds the
 * key itself. A key cannot make one that may do more than itself.
 * @throws AppError FORBIDDEN; SCOPE_MISSING; CONFLICT at 100 keys
 */
export async function createApiKey(
  ctx: Context,
  input: { projectId?: string | undefined; name: string; scopes: ApiKeyScope[] },
): Promise<ApiKeyView & { key: string }> {
  const { actor } = ctx;
  const { projectId } = await authorize(ctx, input.projectId, "apiKey.manage");
  if (actor.kind !== "user" && actor.kind !== "apiKey") throw new AppError("FORBIDDEN");
  const scopes = [...new Set(input.scopes)];
  const beyond = actor.kind === "apiKey" ? scopes.find((scope) => !actor.scopes.includes(scope)) : undefined;
  if (beyond) throw new AppError("SCOPE_MISSING", { details: { scope: beyond } });
  const key = `${API_KEY_START}${newSecret()}`;
  const created = await ctx.db.$transaction(async (tx) => {
    if ((await tx.apiKey.count({ where: { projectId, revokedAt: null } })) >= MAX_API_KEYS_PER_PROJECT) {
      throw new AppError("CONFLICT", {
        userMessage: `A project may have ${MAX_API_KEYS_PER_PROJECT} API keys. Revoke some that nobody uses.`,
      });
    }
    const row = await tx.apiKey.create({
      data: {
        projectId,
        createdById: actor.userId,
        name: input.name,
        prefix: key.slice(0, SHOWN_CHARACTERS),
        secretHash: hashSecret(key),
        scopes,
        createdAt: ctx.clock.now(),
      },
      include: apiKeyInclude,
    });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "apiKey", id: row.id }]);
    return row;
  });
  return { ...apiKeyView(created), key };
}
