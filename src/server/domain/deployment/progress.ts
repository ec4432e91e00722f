import type { Page } from "@deskhand/shared/schemas/common";
import type { DeploymentDetail, DeploymentProgress, DeploymentResults, listDeploymentsInput } from "@deskhand/shared/schemas/deployment";
import type { Permission } from "@deskhand/shared/schemas/project";
import type { CommandState } from "@deskhand/shared/schemas/run";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { newestFirst, pageFrom } from "@/server/cursor";
import { authorize } from "@/server/domain/project/policy";
import { isOnline } from "@/server/domain/runner/rules";
import { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";
import { findDeploymentIds } from "./find-deployment-ids.ts";
import { viewSchedule } from "./view.ts";

const withNames = {
  workflowVersion: { select: { number: true, workflow: { select: { id: true, name: true } } } },
  runner: { select: { name: true, connectionId: true, lastSeenAt: true } },
} satisfies Prisma.DeploymentInclude;

type Row = Omit<Prisma.DeploymentGetPayload<{ include: typeof withNames }>, "inputs">;

/** A deployment that the actor may use in this way. @throws AppError NOT_FOUND also for one of another project */
export async function findDeployment(ctx: Context, id: string, permission: Permission): Promise<Row> {
  const deployment = await ctx.db.deployment.findUnique({ where: { id }, omit: { inputs: true }, include: withNames });
  if (!deployment) throw new AppError("NOT_FOUND");
  await authorize(ctx, deployment.projectId, permission);
  return deployment;
}

/** How a deployment goes on, and what it takes the place of. @throws AppError NOT_FOUND */
export async function getProgress(ctx: Context, input: { id: string }): Promise<DeploymentDetail> {
  const deployment = await findDeployment(ctx, input.id, "project.read");
  const { id, projectId, schedule, replacedById, workflowVersion } = deployment;
  const [view, before] = await Promise.all([
    viewerFor(ctx, [deployment]),
    // only a schedule takes another's place, which ran the same workflow
    schedule === null
      ? null
      : ctx.db.deployment.findFirst({
          where: { projectId, replacedById: id, workflowVersion: { workflowId: workflowVersion.workflow.id } },
          select: { id: true, scheduleRemovedAt: true },
        }),
  ]);
  return { ...view(deployment), replaces: before && { id: before.id, ended: before.scheduleRemovedAt !== null }, replacedById };
}

/** A page of deployments, newest first, each with how it goes on. */
export async function listDeployments(ctx: Context, input: z.output<typeof listDeploymentsInput>): Promise<Page<DeploymentProgress>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const ids = await findDeploymentIds(ctx, { ...input, projectId });
  const rows = await ctx.db.deployment.findMany({
    where: { id: { in: ids } },
    omit: { inputs: true },
    include: withNames,
    orderBy: newestFirst,
  });
  return pageFrom(rows, input.limit, await viewerFor(ctx, rows));
}

async function viewerFor(ctx: Context, rows: Row[]): Promise<(row: Row) => DeploymentProgress> {
  const userIds = rows.flatMap(({ createdById }) => (createdById ? [createdById] : []));
  const [counted, people] = await Promise.all([
    // of each profile its last run; Prisma groups by no such thing
    ctx.db.$queryRaw<{ deploymentId: string; state: CommandState; count: number }[]>`
      select "deploymentId", state::text, count(*)::int as count from (
        select distinct on ("deploymentId", "profileId") "deploymentId", state from "Run"
        where "deploymentId" = any(${rows.map(({ id }) => id)}::uuid[]) order by "deploymentId", "profileId", "createdAt" desc, id desc
      ) last group by 1, 2`,
    ctx.db.user.findMany({ where: { id: { in: userIds } }, select: { id: true, name: true } }),
  ]);
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const now = ctx.clock.now();
  return (row) => {
    const own = counted.filter(({ deploymentId }) => deploymentId === row.id);
    const { number, workflow } = row.workflowVersion;
    const counts = { queued: 0, leased: 0, accepted: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, expired: 0 };
    for (const { state, count } of own) counts[state] = count;
    return {
      id: row.id,
      projectId: row.projectId,
      workflowId: workflow.id,
      workflowName: workflow.name,
      version: number,
      runnerId: row.runnerId,
      runnerName: row.runner.name,
      runnerOnline: isOnline(row.runner, now),
      createdBy: (row.createdById && names.get(row.createdById)) ?? null,
      createdAt: row.createdAt.toISOString(),
      schedule: viewSchedule(row),
      pausedAt: row.pausedAt?.toISOString() ?? null,
      manifestId: row.manifestId,
      profiles: own.reduce((sum, { count }) => sum + count, 0),
      counts,
    };
  };
}

type ResultRow = Omit<DeploymentResults["items"][number], "cancelRequestedAt" | "startedAt" | "finishedAt"> & {
  cancelRequestedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  waiting: number;
};

/** What became of each profile of a deployment. @throws AppError NOT_FOUND */
export async function getResults(ctx: Context, input: { id: string }): Promise<DeploymentResults> {
  return resultsOf(ctx, await findDeployment(ctx, input.id, "project.read"));
}

/** As {@link getResults}; the caller has authorized it. */
export async function resultsOf(ctx: Context, { id, runnerId }: { id: string; runnerId: string }): Promise<DeploymentResults> {
  // at most a thousand profiles; places are counted over the runner's whole queue, in the order in which it goes out
  const rows = await ctx.db.$queryRaw<ResultRow[]>`
    with last as (
      select distinct on (r."profileId") r.*, (count(*) over (partition by r."profileId"))::int as runs from "Run" r
      where r."deploymentId" = ${id}::uuid order by r."profileId", r."createdAt" desc, r.id desc
    ), queue as (
      select c."runId", (row_number() over (order by c.turn, c.position))::int as place from "Command" c
      where c."runnerId" = ${runnerId}::uuid and c."finishedAt" is null and c.state = 'queued' and not c.paused and c.kind = 'run.start'
    )
    select last."profileId", p.name as "profileName", last.runs, last.id as "runId", last.state::text, last."failureCode", last."failureStep",
      last."cancelRequestedAt", last."startedAt", last."finishedAt", queue.place, (select count(*)::int from queue) as waiting,
      coalesce((select sum(a.bytes)::int from "Artifact" a where a."runId" = last.id and a.type = 'result'), 0) as bytes
    from last join "Profile" p on p.id = last."profileId" left join queue on queue."runId" = last.id
    order by lower(p.name), p.id`;
  return {
    items: rows.map(({ waiting: _, ...row }) => ({
      ...row,
      cancelRequestedAt: row.cancelRequestedAt?.toISOString() ?? null,
      startedAt: row.startedAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
    })),
    waiting: rows[0]?.waiting ?? 0,
  };
}
