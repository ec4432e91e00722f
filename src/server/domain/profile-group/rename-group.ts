import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { AppError } from "@/server/errors";
import { literal } from "@/server/like";
import { sendSignals } from "@/server/signals";
import { authorizeGroup } from "./queries.ts";

/** @throws AppError NOT_FOUND, NAME_TAKEN (case does not count) */
export async function renameGroup(ctx: Context, input: { id: string; name: string }): Promise<{ done: true }> {
  const { id, projectId } = await authorizeGroup(ctx, input.id, "profile.write");
  await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    const sameName = { equals: literal(input.name), mode: "insensitive" as const };
    if (await tx.profileGroup.findFirst({ where: { projectId, id: { not: id }, name: sameName } })) throw new AppError("NAME_TAKEN");
    const { count } = await tx.profileGroup.updateMany({ where: { id }, data: { name: input.name } });
    if (count === 0) throw new AppError("NOT_FOUND");
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id }]);
  });
  return { done: true };
}
