import type { createGroupInput, ProfileGroupView } from "@deskhand/shared/schemas/profile-group";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { literal } from "@/server/like";
import { sendSignals } from "@/server/signals";

/** Most groups of a project. */
const GROUPS_AT_MOST = 500;

/** @throws AppError NAME_TAKEN (case does not count), CONFLICT at 500 */
export async function createGroup(ctx: Context, input: z.output<typeof createGroupInput>): Promise<ProfileGroupView> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { name } = input;
  const group = await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    if (await tx.profileGroup.findFirst({ where: { projectId, name: { equals: literal(name), mode: "insensitive" } } })) {
      throw new AppError("NAME_TAKEN");
    }
    if ((await tx.profileGroup.count({ where: { projectId } })) >= GROUPS_AT_MOST) {
      throw new AppError("CONFLICT", { userMessage: `A project has at most ${GROUPS_AT_MOST} groups.` });
    }
    const created = await tx.profileGroup.create({ data: { projectId, name, createdAt: ctx.clock.now() } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id: created.id }]);
    return created;
  });
  return { id: group.id, projectId, name, profiles: 0, createdAt: group.createdAt.toISOString() };
}
