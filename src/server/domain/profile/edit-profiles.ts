import { type BulkResult, type editProfilesInput, PROFILES_AT_ONCE } from "@deskhand/shared/schemas/profile-bulk";
import { TAGS_AT_MOST } from "@deskhand/shared/schemas/profile-filter";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { findGroup } from "@/server/domain/profile-group/queries";
import { authorize } from "@/server/domain/project/policy";
import { Prisma } from "@/server/generated/prisma/client";
import { findGone, requireAll, targetSql } from "./hold-targets.ts";
import { tellProfiles } from "./tell-profiles.ts";

type Row = { id: string; name: string; runnerId: string; isChanged: boolean };

/**
 * Changes tags, notes and the group of many profiles. The answer tells which were not: those that are not there (NOT_FOUND), and those that
 * would have more than 20 tags (INVALID_INPUT).
 * @throws AppError NOT_FOUND for a group of another project, and when none of the profiles is there
 */
export async function editProfiles(ctx: Context, input: z.output<typeof editProfilesInput>): Promise<BulkResult> {
  const { projectId } = await authorize(ctx, input.projectId, "profile.write");
  const { ids, filter, addTags, removeTags, groupId, notes } = input;
  const tags = Prisma.sql`array(
    select tag from (
      select distinct on (tag) tag, n from unnest(p.tags || ${addTags}::text[]) with ordinality as given(tag, n)
      where tag <> all(${removeTags.filter((tag) => !addTags.includes(tag))}::text[]) order by tag, n
    ) as kept order by n)`;
  const sets = [Prisma.sql`tags = held.tags`];
  if (groupId !== undefined) sets.push(Prisma.sql`"groupId" = ${groupId}::uuid`);
  if (notes !== undefined) sets.push(Prisma.sql`notes = ${notes}`);
  return ctx.db.$transaction(async (tx) => {
    if (groupId) await findGroup(tx, projectId, groupId);
    // one statement however many they are, held in the order of their ids; Prisma cannot change an array in place
    const held = await tx.$queryRaw<Row[]>`
      with held as (
        select p.id, p.name, p."runnerId", ${tags} as tags from "Profile" p
        where ${targetSql({ projectId, target: { ids, filter }, now: ctx.clock.now() })} order by p.id for no key update
      ), changed as (
        update "Profile" p set ${Prisma.join(sets)} from held where p.id = held.id and cardinality(held.tags) <= ${TAGS_AT_MOST}
        returning p.id
      )
      select held.id, held.name, held."runnerId", changed.id is not null as "isChanged" from held left join changed on changed.id = held.id
      order by held.id`;
    if (held.length === 0) requireAll({ ids }, held);
    const changed = held.filter(({ isChanged }) => isChanged);
    const full = held.flatMap(({ id, name, isChanged }) => (isChanged ? [] : [{ id, name, code: "INVALID_INPUT" }]));
    const gone = await findGone(tx, { projectId, ids }, held);
    await noteEvents(queryIn(tx), { projectId, type: "profile.updated", ids: changed.map(({ id }) => id), at: ctx.clock.now() });
    await tellProfiles(tx, projectId, changed);
    return { done: changed.length, refused: [...gone, ...full].slice(0, PROFILES_AT_ONCE) };
  });
}
