import type { ProfileFilter, ProfileSort } from "@deskhand/shared/schemas/profile-filter";
import { Prisma } from "@/server/generated/prisma/client";
import { literal } from "@/server/like";

const { sql, join } = Prisma;

export type Wanted = { projectId: string; filter: ProfileFilter; deleted: boolean; now: Date };

/** Profiles that somebody uses, or on which a run is under way. One side of a semi join, so that it is found once and not for each row. */
const inUse = (projectId: string) => sql`p.id in (
  select "profileId" from "Run" where "projectId" = ${projectId}::uuid and state in ('leased', 'accepted', 'running')
  union all
  select id from "Profile" where "projectId" = ${projectId}::uuid and "deletedAt" is null and "holderKind" is not null)`;

/** The condition on "Profile" p. Each part is written as the index that serves it has it: migrations 0012, 0024 and 0029. */
export function whereSql({ projectId, filter, deleted, now }: Wanted): Prisma.Sql {
  const parts = [sql`p."projectId" = ${projectId}::uuid`];
  parts.push(deleted ? sql`p."deletedAt" is not null and p."purgeAt" > ${now}::timestamptz` : sql`p."deletedAt" is null`);
  for (const word of (filter.search ?? "").toLowerCase().split(/\s+/u)) {
    if (word !== "") parts.push(sql`p."searchText" like ${`%${literal(word)}%`}`);
  }
  if (filter.runnerId) parts.push(sql`p."runnerId" = ${filter.runnerId}::uuid`);
  if (filter.groupId === "none") parts.push(sql`p."groupId" is null`);
  else if (filter.groupId) parts.push(sql`p."groupId" = ${filter.groupId}::uuid`);
  if (filter.tags?.length) {
    parts.push(filter.tagMode === "any" ? sql`p.tags && ${filter.tags}::text[]` : sql`p.tags @> ${filter.tags}::text[]`);
  }
  if (filter.engine) parts.push(filter.engine === "dedicated" ? isDedicated : sql`not (${isDedicated})`);
  if (filter.through) parts.push(sql`profile_ways(p.settings) @> array[${filter.through.toLowerCase()}]::text[]`);
  if (filter.flags) parts.push(filter.flags === "some" ? isToMind : sql`not ${isToMind}`);
  if (filter.state === "in-use") parts.push(inUse(projectId));
  else if (filter.state) parts.push(sql`${unused[filter.state]} and not (${inUse(projectId)})`);
  return join(parts, " and ");
}

/** What a profile is that nobody uses. */
const unused = {
  hibernating: sql`p."hibernatingSince" is not null`,
  saved: sql`p."hibernatingSince" is null and p."stateSavedAt" is not null`,
  new: sql`p."hibernatingSince" is null and p."stateSavedAt" is null`,
};

const isToMind = sql`(cardinality(p."stateFlags") > 0 or p.notices <> '[]'::jsonb)`;

const isDedicated = sql`p.settings @> '{"engine":"dedicated"}'`;

/** What the list is ordered by, with the type that its text is read as again; what is missing comes first when the smallest does. */
export const sortKeys: Record<ProfileSort | "deleted", { key: Prisma.Sql; read: (text: string) => Prisma.Sql }> = {
  created: { key: sql`p."createdAt"`, read: (text) => sql`${text}::timestamptz` },
  name: { key: sql`lower(p.name)`, read: (text) => sql`${text}` },
  saved: { key: sql`coalesce(p."stateSavedAt", to_timestamp(0))`, read: (text) => sql`${text}::timestamptz` },
  size: { key: sql`coalesce(p."stateBytes", -1)`, read: (text) => sql`${text}::int` },
  run: { key: sql`coalesce(p."lastRunAt", to_timestamp(0))`, read: (text) => sql`${text}::timestamptz` },
  deleted: { key: sql`p."deletedAt"`, read: (text) => sql`${text}::timestamptz` },
};
