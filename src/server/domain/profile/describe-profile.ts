import type { describeProfileInput, ProfileView } from "@deskhand/shared/schemas/profile";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { findGroup } from "@/server/domain/profile-group/queries";
import { findProfile, showProfile, withNames } from "./queries.ts";
import { tellProfiles } from "./tell-profiles.ts";

/** Changes the notes, tags and group of one profile. @throws AppError NOT_FOUND also for a group of another project */
export async function describeProfile(ctx: Context, input: z.output<typeof describeProfileInput>): Promise<ProfileView> {
  const { id, projectId } = await findProfile(ctx, input.id, "profile.write");
  const { notes, tags, groupId } = input;
  const changed = await ctx.db.$transaction(async (tx) => {
    if (groupId) await findGroup(tx, projectId, groupId);
    const data = { ...(notes === undefined ? {} : { notes }), ...(tags ? { tags } : {}), ...(groupId === undefined ? {} : { groupId }) };
    const profile = await tx.profile.update({ where: { id, deletedAt: null }, data, include: withNames });
    await noteEvents(queryIn(tx), { projectId, type: "profile.updated", ids: [id], at: ctx.clock.now() });
    await tellProfiles(tx, projectId, [profile]);
    return profile;
  });
  return showProfile(ctx, changed);
}
