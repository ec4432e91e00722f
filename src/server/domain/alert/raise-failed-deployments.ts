import type { AlertContent, RunCounts } from "@deskhand/shared/schemas/alert";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
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
    where (f."toldAt" is null and f."firstFailedAt" <= ${early})
      or not exists (select 1 from "Run" r where r."deploymentId" = f."deploymentId" and r.state in ('queued', 'leased', 'accepted', 'running'))
    order by f."firstFailedAt" limit ${BATCH}`;
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
  const runs = await countRuns(tx, deploymentId);
  const verdict = judgeFailures(held, runs, ctx.clock.now());
  if (verdict === "wait") return false;
  if (verdict === "early") {
    await tx.failedDeployment.update({ where: { deploymentId }, data: { toldAt: ctx.clock.now(), toldFailures: failuresOf(runs) } });
  } else {
    await tx.failedDeployment.delete({ where: { deploymentId } });
    if (verdict === "forget") return false;
  }
  const { projectId, content } = await describe(tx, deploymentId, runs, publicUrl);
  const cause = `deployment.failed:${deploymentId}:${held.firstFailedAt.getTime()}:${verdict}`;
  return (await raiseAlert(tx, ctx, { projectId, cause, content })) !== undefined;
}

async function describe(
  tx: Tx,
  deploymentId: string,
  runs: RunCounts,
  publicUrl: string,
): Promise<{ projectId: string; content: AlertContent }> {
  const failed = { deploymentId, state: { in: ["failed" as const, "expired" as const] } };
  const deployment = await tx.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
    select: {
      projectId: true,
      createdAt: true,
      project: { select: { id: true, name: true } },
      runner: { select: { id: true, name: true } },
      workflowVersion: { select: { number: true, workflow: { select: { id: true, name: true } } } },
    },
  });
  const codes = await tx.run.groupBy({ by: ["failureCode"], where: failed, _count: { _all: true } });
  const first = await tx.run.findMany({
    where: failed,
    orderBy: [{ finishedAt: "asc" }, { id: "asc" }],
    take: NAMED,
    select: { id: true, failureCode: true, failureStep: true, profile: { select: { id: true, name: true } } },
  });
  const { workflow, number: version } = deployment.workflowVersion;
  const path = runs.total === 1 && first[0] ? `/dashboard/runs/${first[0].id}` : `/dashboard/runs?workflow=${workflow.id}&state=failed`;
  const content: AlertContent = {
    type: "deployment.failed",
    data: {
      project: deployment.project,
      deployment: { id: deploymentId, createdAt: deployment.createdAt.toISOString() },
      workflow: { ...workflow, version },
      runner: deployment.runner,
      runs,
      failures: codes
        .map(({ failureCode, _count }) => ({ code: failureCode ?? "INTERNAL", count: _count._all }))
        .toSorted((a, b) => b.count - a.count)
        .slice(0, NAMED),
      failedRuns: first.map(({ id, profile, failureCode, failureStep }) => ({ id, profile, code: failureCode, step: failureStep })),
      url: `${publicUrl}${path}`,
    },
  };
  return { projectId: deployment.projectId, content };
}
