import type { ApiKeyView } from "@deskhand/shared/schemas/api-key";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { apiKeyInclude, apiKeyView } from "./view.ts";

/** Ends a key at once and for good; a second time changes nothing. @throws AppError NOT_FOUND; FORBIDDEN */
export async function revokeApiKey(ctx: Context, input: { id: string }): Promise<ApiKeyView> {
  const { id } = input;
  const key = await ctx.db.apiKey.findUnique({ where: { id }, select: { projectId: true } });
  if (!key) throw new AppError("NOT_FOUND");
  const { projectId } = await authorize(ctx, key.projectId, "apiKey.manage");
  return ctx.db.$transaction(async (tx) => {
    const { count } = await tx.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: ctx.clock.now() } });
    if (count > 0) await sendSignals(tx, [{ kind: "change", projectId, topic: "apiKey", id }]);
    return apiKeyView(await tx.apiKey.findUniqueOrThrow({ where: { id }, include: apiKeyInclude }));
  });
}
