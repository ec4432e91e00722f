import { standings } from "@deskhand/shared/schedule/standing";
import type { listDeploymentsInput } from "@deskhand/shared/schemas/deployment";
import type { ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { decodeCursor } from "@/server/cursor";
import { Prisma } from "@/server/generated/prisma/client";

type Wanted = Omit<z.output<typeof listDeploymentsInput>, "projectId"> & { projectId: string };

/**
 * The ids of a page of deployments and of one more, newest first. In SQL, for how a schedule stands depends on the time, and a page is not to
 * be looked for among all deployments. The caller has authorized the project. @throws AppError INVALID_INPUT for a wrong cursor
 */
export async function findDeploymentIds(ctx: Context, wanted: Wanted): Promise<string[]> {
  const { projectId, workflowId, runnerId, kind, state, cursor, limit } = wanted;
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const states = state === "current" ? standings.filter((standing) => standing !== "done" && standing !== "ended") : [state];
  const conditions = [
    Prisma.sql`d."projectId" = ${projectId}::uuid`,
    ...(runnerId ? [Prisma.sql`d."runnerId" = ${runnerId}::uuid`] : []),
    ...(workflowId ? [Prisma.sql`v."workflowId" = ${workflowId}::uuid`] : []),
    ...(kind === "once" ? [isOnce] : kind || state ? [Prisma.sql`not ${isOnce}`] : []),
    ...(kind && kind !== "once" ? [Prisma.sql`d.schedule #>> '{when,kind}' = any(${begins[kind]}::text[])`] : []),
    ...(state ? [Prisma.sql`${standing(ctx.clock.now())} = any(${states}::text[])`] : []),
    ...(after ? [Prisma.sql`(d."createdAt", d.id) < (${after.createdAt}, ${after.id}::uuid)`] : []),
  ];
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    select d.id from "Deployment" d join "WorkflowVersion" v on v.id = d."workflowVersionId"
    where ${Prisma.join(conditions, " and ")} order by d."createdAt" desc, d.id desc limit ${limit + 1}`;
  return rows.map(({ id }) => id);
}

/** The kinds of what may begin a deployment, by {@link listDeploymentsInput}. */
const begins = { scheduled: ["cron", "every", "once"], triggered: ["webhook", "after", "start"] } satisfies Record<
  string,
  ScheduleWhen["kind"][]
>;

const isOnce = Prisma.sql`coalesce(jsonb_typeof(d.schedule), 'null') = 'null'`;

/** As `standingOf` in packages/shared says it. */
function standing(now: Date): Prisma.Sql {
  return Prisma.sql`case
    when d."scheduleRemovedAt" is not null then 'ended'
    when d."scheduleOrder" is not null and d."scheduleOrderedAt" is not null and d."scheduleOrderFailure" is null
      then case d."scheduleOrder" when 'pause' then 'pausing' when 'resume' then 'resuming' else 'ending' end
    when d."scheduleFailureCode" is not null then 'failed'
    when d."scheduleInstalledAt" is null then 'installing'
    when d."schedulePausedAt" is not null then 'paused'
    when d.schedule #>> '{when,kind}' = 'once' and (d.schedule #>> '{when,at}')::timestamptz
      + make_interval(secs => coalesce((d.schedule ->> 'jitterSeconds')::int, 0)) <= ${now} then 'done'
    else 'active' end`;
}
