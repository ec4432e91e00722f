import type { Page } from "@deskhand/shared/schemas/common";
import type { listProfilesInput, ProfileView } from "@deskhand/shared/schemas/profile";
import type { Permission } from "@deskhand/shared/schemas/project";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import type { Tx } from "@/server/db";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { literal } from "@/server/like";
import { type ProfileRow, type ProfileRuns, viewProfile } from "./view.ts";

const withRunner = { runner: { select: { name: true, connectionId: true, lastSeenAt: true } } } as const;

/** A page of profiles, newest first. `search` looks for a part of the name. */
export async function listProfiles(ctx: Context, input: z.output<typeof listProfilesInput>): Promise<Page<ProfileView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const search = input.search?.trim();
  const rows = await ctx.db.profile.findMany({
    where: {
      projectId,
      deletedAt: null,
      ...(input.runnerId ? { runnerId: input.runnerId } : {}),
      ...(search ? { name: { contains: literal(search), mode: "insensitive" as const } } : {}),
      ...afterCursor(input.cursor),
    },
    include: withRunner,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  const runs = await findRuns(ctx, rows);
  const now = ctx.clock.now();
  return pageFrom(rows, input.limit, (row) => viewProfile(row, runs(row.id), now));
}

export async function getProfile(ctx: Context, input: { id: string }): Promise<ProfileView> {
  return showProfile(ctx, await findProfile(ctx, input.id, "project.read"));
}

/** A profile that the actor may use in this way. @throws AppError NOT_FOUND also for a deleted one and one of another project */
export async function findProfile(ctx: Context, id: string, permission: Permission): Promise<ProfileRow> {
  const profile = await ctx.db.profile.findUnique({ where: { id, deletedAt: null }, include: withRunner });
  if (!profile) throw new AppError("NOT_FOUND");
  await authorize(ctx, profile.projectId, permission);
  return profile;
}

/** A profile as the outside sees it; the caller has authorized it. */
export async function showProfile(ctx: Context, profile: ProfileRow): Promise<ProfileView> {
  const runs = await findRuns(ctx, [profile]);
  return viewProfile(profile, runs(profile.id), ctx.clock.now());
}

/** Is there a profile of that name, other than `exceptId`? Case does not count. The caller holds the project's lock. */
export async function isNameTaken(tx: Tx, projectId: string, name: string, exceptId?: string): Promise<boolean> {
  const found = await tx.profile.findFirst({
    where: {
      projectId,
      deletedAt: null,
      name: { equals: literal(name), mode: "insensitive" },
      ...(exceptId ? { id: { not: exceptId } } : {}),
    },
    select: { id: true },
  });
  return found !== null;
}

type RunsRow = ProfileRuns & { profileId: string };
const none: ProfileRuns = { lastRunId: null, lastRunState: null, activeRunId: null };

/** A run is on a profile from when it was sent to the runner until it is over; one that waits for its runner is not. */
async function findRuns(ctx: Context, profiles: { id: string }[]): Promise<(profileId: string) => ProfileRuns> {
  if (profiles.length === 0) return () => none;
  // Prisma cannot take the newest row of each group by an index; a lateral join reads one index entry for each profile
  const rows = await ctx.db.$queryRaw<RunsRow[]>`
    select p.id as "profileId", newest.id as "lastRunId", newest.state::text as "lastRunState", active.id as "activeRunId"
    from unnest(${profiles.map(({ id }) => id)}::uuid[]) as p(id)
    left join lateral (
      select id, state from "Run" where "profileId" = p.id order by "createdAt" desc, id desc limit 1
    ) newest on true
    left join lateral (
      select id from "Run" where "profileId" = p.id and state in ('leased', 'accepted', 'running')
      order by state desc, "createdAt" limit 1
    ) active on true`;
  const byProfile = new Map(rows.map(({ profileId, ...runs }) => [profileId, runs]));
  return (profileId) => byProfile.get(profileId) ?? none;
}
