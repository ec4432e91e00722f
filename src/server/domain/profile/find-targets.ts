import type { findTargetsInput, targetList } from "@deskhand/shared/schemas/profile-bulk";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { findScheduled } from "@/server/domain/deployment/scheduled-profiles";
import { authorize } from "@/server/domain/project/policy";
import { Prisma } from "@/server/generated/prisma/client";
import { findGone, isInUse, requireAll, targetSql } from "./hold-targets.ts";
import { readSettings } from "./view.ts";

/** Most of one answer. */
const AT_MOST = 1000;

type Row = { id: string; name: string; runnerId: string; revision: number; settings: Prisma.JsonValue; inUse: boolean };

/**
 * What is needed to sign for profiles. Of deleted ones, those that are not that any more are passed over: their runner may have put them back.
 * @throws AppError NOT_FOUND when one of the ids is not there, unless that is to be told
 */
export async function findTargets(ctx: Context, input: z.output<typeof findTargetsInput>): Promise<z.output<typeof targetList>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const { ids, filter, deleted, after, tellGone } = input;
  const where = targetSql({ projectId, target: { ids, filter }, deleted, now: ctx.clock.now() });
  const beyond = after ? Prisma.sql`and p.id > ${after}::uuid` : Prisma.empty;
  const rows = await ctx.db.$queryRaw<Row[]>`
    select p.id, p.name, p."runnerId", p.revision, p.settings, ${isInUse} as "inUse" from "Profile" p
    where ${where} ${beyond} order by p.id limit ${AT_MOST + 1}`;
  if (!after && !deleted && !tellGone) requireAll({ ids }, rows);
  const shown = rows.slice(0, AT_MOST);
  const scheduled = await findScheduled(
    ctx.db,
    projectId,
    shown.map(({ id }) => id),
  );
  return {
    items: shown.map((row) => ({ ...row, settings: readSettings(row), scheduled: scheduled.has(row.id) })),
    next: rows.length > AT_MOST ? (shown.at(-1)?.id ?? null) : null,
    gone: tellGone && !after ? await findGone(ctx.db, { projectId, ids }, rows) : [],
  };
}
