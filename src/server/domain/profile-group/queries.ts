import type { ProfileSummary } from "@deskhand/shared/schemas/profile-group";
import type { Permission } from "@deskhand/shared/schemas/project";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { ProfileGroup } from "@/server/generated/prisma/client";

/** @throws AppError NOT_FOUND also for one of another project */
export async function findGroup(tx: Tx, projectId: string, id: string): Promise<ProfileGroup> {
  const group = await tx.profileGroup.findUnique({ where: { id, projectId } });
  if (!group) throw new AppError("NOT_FOUND", { details: { what: "group" } });
  return group;
}

/** A group that the actor may use in this way. @throws AppError NOT_FOUND */
export async function authorizeGroup(ctx: Context, id: string, permission: Permission): Promise<ProfileGroup> {
  const group = await ctx.db.profileGroup.findUnique({ where: { id } });
  if (!group) throw new AppError("NOT_FOUND");
  await authorize(ctx, group.projectId, permission);
  return group;
}

type GroupRow = { id: string; projectId: string; name: string; createdAt: Date; profiles: number };

/** How the profiles of a project are spread over groups and tags. */
export async function summarizeProfiles(ctx: Context, input: { projectId?: string | undefined }): Promise<ProfileSummary> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  // counted by the database: Prisma groups by no element of an array
  const [groups, tags, [sums]] = await Promise.all([
    ctx.db.$queryRaw<GroupRow[]>`
      select g.id, g."projectId", g.name, g."createdAt", coalesce(c.profiles, 0)::int as profiles from "ProfileGroup" g
      left join (
        select "groupId", count(*) as profiles from "Profile"
        where "projectId" = ${projectId}::uuid and "deletedAt" is null and "groupId" is not null group by "groupId"
      ) c on c."groupId" = g.id
      where g."projectId" = ${projectId}::uuid order by lower(g.name), g.id`,
    ctx.db.$queryRaw<{ tag: string; profiles: number }[]>`
      select tag, count(*)::int as profiles from "Profile" p, unnest(p.tags) as tag
      where p."projectId" = ${projectId}::uuid and p."deletedAt" is null group by tag order by count(*) desc, tag limit 200`,
    ctx.db.$queryRaw<{ total: number; deleted: number }[]>`
      select (select count(*)::int from "Profile" where "projectId" = ${projectId}::uuid and "deletedAt" is null) as total,
        (select count(*)::int from "Profile" where "projectId" = ${projectId}::uuid and "deletedAt" is not null and "purgeAt" > ${ctx.clock.now()}) as deleted`,
  ]);
  const { total = 0, deleted = 0 } = sums ?? {};
  const grouped = groups.reduce((sum, { profiles }) => sum + profiles, 0);
  return {
    total,
    groups: groups.map((group) => ({ ...group, createdAt: group.createdAt.toISOString() })),
    ungrouped: total - grouped,
    tags,
    deleted,
  };
}
