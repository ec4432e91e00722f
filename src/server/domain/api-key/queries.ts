import type { ApiKeyView } from "@deskhand/shared/schemas/api-key";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { apiKeyInclude, apiKeyView } from "./view.ts";

/** The project's keys, the newest first; of revoked ones the latest 100. */
export async function listApiKeys(ctx: Context, input: { projectId?: string | undefined }): Promise<{ items: ApiKeyView[] }> {
  const { projectId } = await authorize(ctx, input.projectId, "apiKey.manage");
  const newest = { orderBy: [{ createdAt: "desc" as const }, { id: "desc" as const }], include: apiKeyInclude };
  const [active, revoked] = await Promise.all([
    ctx.db.apiKey.findMany({ where: { projectId, revokedAt: null }, ...newest }),
    ctx.db.apiKey.findMany({ where: { projectId, revokedAt: { not: null } }, ...newest, take: 100 }),
  ]);
  return { items: [...active, ...revoked].map(apiKeyView) };
}
