import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { personOf } from "./queries.ts";

/** Forgets a filter of the actor's; nothing happens when there is none of that name. */
export async function deleteFilter(ctx: Context, input: { projectId?: string | undefined; name: string }): Promise<{ done: true }> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  await ctx.db.savedFilter.deleteMany({ where: { projectId, userId: personOf(ctx), name: input.name } });
  return { done: true };
}
