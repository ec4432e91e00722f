import type { Context } from "@/server/context";
import { countRuns } from "./count-runs.ts";
import { raiseAlert } from "./raise-alert.ts";

/** A deployment that ended longer ago is no news, in milliseconds: a server that was away catches up on a day. */
const NEWS_MS = 24 * 60 * 60_000;
/** No run is longer under way or waits longer, in milliseconds. */
const RUN_WITHIN_MS = 3 * NEWS_MS;

/**
 * Raises an alert for each deployment that is over, where a rule asks for it: once, and once more when runs of it were started again.
 * @returns how many alerts
 */
export async function tellFinishedDeployments(ctx: Context, { publicUrl }: { publicUrl: string }): Promise<number> {
  const now = ctx.clock.now().getTime();
  const over = await ctx.db.$queryRaw<{ id: string; finishedAt: Date }[]>`
    select d.id, max(r."finishedAt") as "finishedAt" from "Deployment" d
    join "Run" r on r."deploymentId" = d.id and r."createdAt" > ${new Date(now - RUN_WITHIN_MS)}
    where d."projectId" in (select "projectId" from "AlertRule" where 'deployment.finished' = any(events)) and d.schedule is null
    group by d.id
    having bool_and(r."finishedAt" is not null) and max(r."finishedAt") > ${new Date(now - NEWS_MS)}
      and not exists (select 1 from "Alert" a
        where a.cause = 'deployment.finished:' || d.id || ':' || (extract(epoch from max(r."finishedAt")) * 1000)::bigint)
    limit 200`;
  let raised = 0;
  for (const { id, finishedAt } of over) {
    const deployment = await ctx.db.deployment.findUniqueOrThrow({
      where: { id },
      select: {
        projectId: true,
        createdAt: true,
        project: { select: { id: true, name: true } },
        runner: { select: { id: true, name: true } },
        workflowVersion: { select: { number: true, workflow: { select: { id: true, name: true } } } },
      },
    });
    const { workflow, number: version } = deployment.workflowVersion;
    const alert = await ctx.db.$transaction(async (tx) =>
      raiseAlert(tx, ctx, {
        projectId: deployment.projectId,
        cause: `deployment.finished:${id}:${finishedAt.getTime()}`,
        content: {
          type: "deployment.finished",
          data: {
            project: deployment.project,
            deployment: { id, createdAt: deployment.createdAt.toISOString() },
            workflow: { ...workflow, version },
            runner: deployment.runner,
            runs: await countRuns(tx, id),
            finishedAt: finishedAt.toISOString(),
            url: `${publicUrl}/dashboard/deployments/${id}`,
          },
        },
      }),
    );
    if (alert) raised += 1;
  }
  return raised;
}
