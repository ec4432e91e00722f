import type { ProfileDetail, ProfileView } from "@deskhand/shared/schemas/profile";
import type { Permission } from "@deskhand/shared/schemas/project";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { findNetworks } from "./find-networks.ts";
import { heldBy } from "./held-by.ts";
import { type ProfileRow, type ProfileRuns, viewProfile, viewProfileDetail } from "./view.ts";

export const withNames = {
  runner: { select: { name: true, connectionId: true, lastSeenAt: true } },
  group: { select: { name: true } },
} as const;

export async function getProfile(ctx: Context, input: { id: string }): Promise<ProfileDetail> {
  const profile = await findProfile(ctx, input.id, "project.read");
  const [runs, networks] = await Promise.all([findRuns(ctx, [profile]), findNetworks(ctx, [profile])]);
  const own = runs(profile.id);
  return viewProfileDetail(viewProfile(profile, own, networks(profile), ctx.clock.now()), profile, await heldBy(ctx, profile, own));
}

/** A profile that the actor may use in this way. @throws AppError NOT_FOUND also for a deleted one and one of another project */
export async function findProfile(ctx: Context, id: string, permission: Permission): Promise<ProfileRow> {
  const profile = await ctx.db.profile.findUnique({ where: { id, deletedAt: null }, include: withNames });
  if (!profile) throw new AppError("NOT_FOUND");
  await authorize(ctx, profile.projectId, permission);
  return profile;
}

/** As {@link findProfile}, for what a runner is asked to do with it. @throws AppError PROFILE_MOVING while it leaves that runner */
export async function findStillProfile(ctx: Context, id: string, permission: Permission): Promise<ProfileRow> {
  const profile = await findProfile(ctx, id, permission);
  if (profile.moveId) throw new AppError("PROFILE_MOVING", { details: { moveId: profile.moveId } });
  return profile;
}

/** A profile as the outside sees it; the caller has authorized it. */
export async function showProfile(ctx: Context, profile: ProfileRow): Promise<ProfileView> {
  const [runs, networks] = await Promise.all([findRuns(ctx, [profile]), findNetworks(ctx, [profile])]);
  return viewProfile(profile, runs(profile.id), networks(profile), ctx.clock.now());
}

/** Is there a profile of that name, other than `exceptId`? Case does not count. The caller holds the project's lock. */
export async function isNameTaken(tx: Tx, projectId: string, name: string, exceptId?: string): Promise<boolean> {
  const taken = await takenNames(tx, projectId, [name], exceptId ? [exceptId] : []);
  return taken.size > 0;
}

/** Those of the names, in lower case, that profiles have, others than `exceptIds`. The caller holds the project's lock. */
export async function takenNames(tx: Tx, projectId: string, names: string[], exceptIds: string[] = []): Promise<Set<string>> {
  // PostgreSQL's lower case, whose index finds them among however many; Prisma asks for none
  const rows = await tx.$queryRaw<{ name: string }[]>`
    select given.name from unnest(${names}::text[]) as given(name)
    where exists (
      select 1 from "Profile" p where p."projectId" = ${projectId}::uuid and p."deletedAt" is null and lower(p.name) = lower(given.name)
        and p.id <> all(${exceptIds}::uuid[]))`;
  return new Set(rows.map(({ name }) => name.toLowerCase()));
}

type RunsRow = ProfileRuns & { profileId: string };
const none: ProfileRuns = { lastRunId: null, lastRunState: null, activeRunId: null };

/** A run is on a profile from when it was sent to the runner until it is over; one that waits for its runner is not. */
export async function findRuns(ctx: Context, profiles: { id: string }[]): Promise<(profileId: string) => ProfileRuns> {
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
