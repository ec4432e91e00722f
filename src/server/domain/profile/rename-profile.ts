import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { lockProject } from "@/server/domain/project/lock-project";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findProfile, isNameTaken, showProfile } from "./queries.ts";

/** @throws AppError NOT_FOUND, NAME_TAKEN when another profile of the project has the name (case does not count) */
export async function renameProfile(ctx: Context, input: { id: string; name: string }): Promise<ProfileView> {
  const profile = await findProfile(ctx, input.id, "profile.write");
  const { id, projectId } = profile;
  await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    if (await isNameTaken(tx, projectId, input.name, id)) throw new AppError("NAME_TAKEN");
    const renamed = await tx.profile.updateMany({ where: { id, deletedAt: null }, data: { name: input.name } });
    if (renamed.count === 0) throw new AppError("NOT_FOUND");
    await noteEvents(queryIn(tx), { projectId, type: "profile.updated", ids: [id], at: ctx.clock.now() });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "profile", id }]);
  });
  return showProfile(ctx, { ...profile, name: input.name });
}
