import type { BulkResult, editProfilesInput } from "@deskhand/shared/schemas/profile-bulk";
import { TAGS_AT_MOST } from "@deskhand/shared/schemas/profile-filter";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { findGroup } from "@/server/domain/profile-group/queries";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { Prisma } from "@/server/generated/prisma/client";
import { requireAll, targetSql } from "./hold-targets.ts";
import { tellProfiles } from "./tell-profiles.ts";

/**
 * Changes tags, notes and the group of many profiles, all or none.
 * @throws AppError NOT_FOUND for a profile or a group of another project, INVALID_INPUT when one would have more than 20 tags
 */
export async function editProfiles(ctx: Context, input: z.output<typeof editProfilesInput>): Promise<BulkResult> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { ids, filter, addTags, removeTags, groupId, notes } = input;
  const sets = [
    Prisma.sql`tags = array(
    select tag from (
      select distinct on (tag) tag, n from unnest(p.tags || ${addTags}::text[]) with ordinality as given(tag, n)
      where tag <> all(${removeTags.filter((tag) => !addTags.includes(tag))}::text[]) order by tag, n
    ) as kept order by n)`,
  ];
  if (groupId !== undefined) sets.push(Prisma.sql`"groupId" = ${groupId}::uuid`);
  if (notes !== undefined) sets.push(Prisma.sql`notes = ${notes}`);
  const done = await ctx.db.$transaction(async (tx) => {
    if (groupId) await findGroup(tx, projectId, groupId);
    // one statement however many they are, held in the order of their ids; Prisma cannot change an array in place
    const changed = await tx.$queryRaw<{ id: string; runnerId: string; tags: number }[]>`
      with held as (
        select p.id from "Profile" p
        where ${targetSql({ projectId, target: { ids, filter }, now: ctx.clock.now() })} order by p.id for no key update
      )
      update "Profile" p set ${Prisma.join(sets)} from held where p.id = held.id
      returning p.id, p."runnerId", cardinality(p.tags) as tags`;
    requireAll({ ids }, changed);
    if (changed.some(({ tags }) => tags > TAGS_AT_MOST)) {
      throw new AppError("INVALID_INPUT", { userMessage: `A profile has at most ${TAGS_AT_MOST} tags.` });
    }
    await noteEvents(queryIn(tx), { projectId, type: "profile.updated", ids: changed.map(({ id }) => id), at: ctx.clock.now() });
    await tellProfiles(tx, projectId, changed);
    return changed.length;
  });
  return { done, refused: [] };
}
