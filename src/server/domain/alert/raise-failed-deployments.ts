import type { AlertContent, RunCounts } from "@deskhand/shared/schemas/alert";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { Prisma } from "@/server/generated/prisma/client";
import { countRuns } from "./count-runs.ts";
import { raiseAlert } from "./raise-alert.ts";
import { failuresOf, judgeFailures, TELL_EARLY_AFTER_MS } from "./rules.ts";

/** Most deployments that one look settles; the next goes on. */
const BATCH = 200;
/** Codes and runs that an alert names. */
const NAMED = 10;

type Held = { deploymentId: string; firstFailedAt: Date; toldAt: Date | null; toldFailures: number };

/**
 * Raises the alerts of deployments whose runs failed: see `judgeFailures`. May run at any time and in several processes.
 * @returns how many alerts
 */
export async function raiseFailedDeployments(ctx: Context, { publicUrl }: { publicUrl: string }): Promise<number> {
  const early = new Date(ctx.clock.now().getTime() - TELL_EARLY_AFTER_MS);
  // those for which there is something to decide; one for which nothing is due is passed over without being read on
  const due = await ctx.db.$queryRaw<{ deploymentId: string }[]>`
    select f."deploymentId" from "FailedDeployment" f
    where ((f."toldAt" is null or exists (select 1 from "Deployment" d where d.id = f."deploymentId" and d.schedule is not null))
        and f."firstFailedAt" <= ${early})
      or not exists (select 1 from "Run" r where r."deploymentId" = f."deploymentId" and r.state in ('queued', 'leased', 'accepted', 'running'))
    order by f."toldAt" nulls first, f."firstFailedAt" limit ${BATCH}`;
  let raised = 0;
  for (const { deploymentId } of due) {
    if (await ctx.db.$transaction((tx) => settle(tx, ctx, deploymentId, publicUrl))) raised += 1;
  }
  return raised;
}

async function settle(tx: Tx, ctx: Context, deploymentId: string, publicUrl: string): Promise<boolean> {
  // held against another process that settles it at the same time
  const [held] = await tx.$queryRaw<Held[]>`
    select "deploymentId", "firstFailedAt", "toldAt", "toldFailures" from "FailedDeployment"
    where "deploymentId" = ${deploymentId}::uuid for update skip locked`;
  if (!held) return false;
  const among = await concernedBy(tx, held);
  const runs = await countRuns(tx, deploymentId, among);
  const verdict = judgeFailures(held, runs, ctx.clock.now());
  if (verdict === "wait") return false;
  if (verdict === "early") {
    await tx.failedDeployment.update({ where: { deploymentId }, data: { toldAt: ctx.clock.now(), toldFailures: failuresOf(runs) } });
  } else {
    await tx.failedDeployment.delete({ where: { deploymentId } });
    if (verdict === "forget") return false;
  }
  const { projectId, content } = await describe(tx, { deploymentId, runs, among, publicUrl });
  const cause = `deployment.failed:${deploymentId}:${held.firstFailedAt.getTime()}:${verdict}`;
  return (await raiseAlert(tx, ctx, { projectId, cause, content })) !== undefined;
}

/** Another process that noted the failure may have a clock that is ahead by so much, in milliseconds. */
const CLOCKS_DIFFER_MS = 5_000;

/**
 * The runs that an alert is about, as a condition on "Run" r: all of a deployment. A schedule has no end, so of one those that failed since
 * the first failure that nobody was told of, as the server recorded it, and what came of the same times.
 */
async function concernedBy(tx: Tx, { deploymentId, firstFailedAt }: Held): Promise<Prisma.Sql> {
  const { schedule } = await tx.deployment.findUniqueOrThrow({ where: { id: deploymentId }, select: { schedule: true } });
  if (schedule === null) return Prisma.sql`true`;
  const since = new Date(firstFailedAt.getTime() - CLOCKS_DIFFER_MS);
  const failed = await tx.$queryRaw<{ id: string; firingId: string | null }[]>`
    select r.id, r."firingId" from "Run" r join "Command" c on c."runId" = r.id
    where r."deploymentId" = ${deploymentId}::uuid and r.state in ('failed', 'expired') and exists (
      select 1 from "CommandTransition" t where t."commandId" = c.id and t."to" = c.state and t.at >= ${since}::timestamptz)`;
  const ids = failed.map(({ id }) => id);
  const firingIds = [...new Set(failed.flatMap(({ firingId }) => firingId ?? []))];
  return Prisma.sql`(r.id = any(${ids}::uuid[]) or r."firingId" = any(${firingIds}::uuid[]))`;
}

type Describe = { deploymentId: string; runs: RunCounts; among: Prisma.Sql; publicUrl: string };

async function describe(tx: Tx, { deploymentId, runs, among, publicUrl }: Describe): Promise<{ projectId: string; content: AlertContent }> {
  const deployment = await tx.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
    select: {
      projectId: true,
      createdAt: true,
      schedule: true,
      project: { select: { id: true, name: true } },
      runner: { select: { id: true, name: true } },
      workflowVersion: { select: { number: true, workflow: { select: { id: true, name: true } } } },
    },
  });
  const failed = Prisma.sql`r."deploymentId" = ${deploymentId}::uuid and r.state in ('failed', 'expired') and ${among}`;
  const codes = await tx.$queryRaw<{ code: string | null; count: number }[]>`
    select r."failureCode" as code, count(*)::int as count from "Run" r where ${failed} group by 1`;
  const first = await tx.$queryRaw<{ id: string; code: string | null; step: number | null; profileId: string; profileName: string }[]>`
    select r.id, r."failureCode" as code, r."failureStep" as step, p.id as "profileId", p.name as "profileName"
    from "Run" r join "Profile" p on p.id = r."profileId" where ${failed} order by r."finishedAt", r.id limit ${NAMED}`;
  const { workflow, number: version } = deployment.workflowVersion;
  const all = deployment.schedule === null ? `workflow=${workflow.id}` : `deployment=${deploymentId}`;
  const path = runs.total === 1 && first[0] ? `/dashboard/runs/${first[0].id}` : `/dashboard/runs?${all}&state=failed`;
  const content: AlertContent = {
    type: "deployment.failed",
    data: {
      project: deployment.project,
      deployment: { id: deploymentId, createdAt: deployment.createdAt.toISOString() },
      workflow: { ...workflow, version },
      runner: deployment.runner,
      runs,
      failures: codes
        .map(({ code, count }) => ({ code: code ?? "INTERNAL", count }))
        .toSorted((a, b) => b.count - a.count)
        .slice(0, NAMED),
      failedRuns: first.map(({ id, profileId, profileName, code, step }) => ({
        id,
        profile: { id: profileId, name: profileName },
        code,
        step,
      })),
      url: `${publicUrl}${path}`,
    },
  };
  return { projectId: deployment.projectId, content };
}
