import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { authorizeGroup } from "./queries.ts";

/** Ends a group; its profiles stay and are in no group. @throws AppError NOT_FOUND */
export async function deleteGroup(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId } = await authorizeGroup(ctx, input.id, "profile.write");
  await ctx.db.$transaction(async (tx) => {
    await tx.profileGroup.deleteMany({ where: { id } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id }]);
  });
  return { done: true };
}
