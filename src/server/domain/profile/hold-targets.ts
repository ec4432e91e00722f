import type { RefusedProfile } from "@deskhand/shared/schemas/profile-bulk";
import type { ProfileFilter } from "@deskhand/shared/schemas/profile-filter";
import type { Db, Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import { Prisma } from "@/server/generated/prisma/client";
import { whereSql } from "./conditions.ts";

export type Target = { ids?: string[] | undefined; filter?: ProfileFilter | undefined };

export type HeldProfile = { id: string; name: string; runnerId: string; inUse: boolean };

type Hold = { projectId: string; target: Target; deleted?: boolean; now: Date };

/** The condition on "Profile" p for what a call is about. */
export function targetSql({ projectId, target, deleted = false, now }: Hold): Prisma.Sql {
  const where = whereSql({ projectId, filter: target.filter ?? {}, deleted, now });
  return target.ids ? Prisma.sql`${where} and p.id = any(${target.ids}::uuid[])` : where;
}

/** A run waits or is under way, it moves to another runner, or somebody uses it as far as its runner, which is connected, has said. */
export const isInUse = Prisma.sql`(
  p."moveId" is not null
  or exists (select 1 from "Run" run where run."profileId" = p.id and run.state in ('queued', 'leased', 'accepted', 'running'))
  or (p."holderKind" is not null and exists (select 1 from "Runner" r where r.id = p."runnerId" and r."connectionId" is not null)))`;

/**
 * Holds the profiles that a call is about until the transaction ends, so that no run begins on them; in the order of their ids, so that
 * two who hold the same ones do not wait for each other.
 * @throws AppError NOT_FOUND when one of the ids is not there
 */
export async function holdProfiles(tx: Tx, hold: Hold): Promise<HeldProfile[]> {
  // in two statements: the second sees what was written while the first waited for its locks. Prisma has no row locks
  const held = await tx.$queryRaw<{ id: string }[]>`select p.id from "Profile" p where ${targetSql(hold)} order by p.id for update`;
  requireAll(hold.target, held);
  return tx.$queryRaw<HeldProfile[]>`
    select p.id, p.name, p."runnerId", ${isInUse} as "inUse" from "Profile" p
    where p.id = any(${held.map(({ id }) => id)}::uuid[]) order by p.id`;
}

/** @throws AppError NOT_FOUND with the ids that are not among those that were found */
export function requireAll({ ids }: Target, found: readonly { id: string }[]): void {
  if (!ids || found.length >= new Set(ids).size) return;
  const known = new Set(found.map(({ id }) => id));
  const profileIds = ids.filter((id) => !known.has(id));
  throw new AppError("NOT_FOUND", { details: { what: "profile", profileIds } });
}

/** Those of the ids that are not among those that were found, by the names that they had in this project. */
export async function findGone(
  db: Tx | Db,
  { projectId, ids }: { projectId: string; ids: string[] | undefined },
  found: readonly { id: string }[],
): Promise<RefusedProfile[]> {
  const known = new Set(found.map(({ id }) => id));
  const gone = [...new Set(ids)].filter((id) => !known.has(id));
  if (gone.length === 0) return [];
  const rows = await db.profile.findMany({ where: { id: { in: gone }, projectId }, select: { id: true, name: true } });
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return gone.map((id) => ({ id, name: names.get(id) ?? id, code: "NOT_FOUND" }));
}
