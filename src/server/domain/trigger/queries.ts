import type { Page } from "@deskhand/shared/schemas/common";
import { firingReason, firingState, scheduleWhen } from "@deskhand/shared/schemas/schedule";
import type { listTriggersInput, TriggerView } from "@deskhand/shared/schemas/trigger";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import { viewSchedule } from "@/server/domain/deployment/view";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";

type Where = { publicUrl: string };

const whole = {
  runner: { select: { name: true } },
  trigger: true,
  workflowVersion: { select: { number: true, workflow: { select: { id: true, name: true } } } },
  firings: {
    take: 1,
    orderBy: [{ dueAt: "desc" }, { id: "desc" }],
    include: { runs: { select: { id: true }, orderBy: { id: "asc" }, take: 20 } },
  },
} satisfies Prisma.DeploymentInclude;
type Row = Prisma.DeploymentGetPayload<{ include: typeof whole; omit: { inputs: true; workflows: true; signedManifest: true } }>;

/** Deployments that something begins, with what became of the last time; the newest first. Those that have ended are left out. */
export async function listTriggers(
  ctx: Context,
  input: z.output<typeof listTriggersInput>,
  { publicUrl }: Where,
): Promise<Page<TriggerView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const kinds = (["webhook", "after", "start"] as const).map((kind) => ({ schedule: { path: ["when", "kind"], equals: kind } }));
  const rows = await ctx.db.deployment.findMany({
    where: {
      projectId,
      scheduleRemovedAt: null,
      ...(input.deploymentId ? { id: input.deploymentId } : {}),
      ...(input.workflowId ? { workflowVersion: { workflowId: input.workflowId } } : {}),
      AND: [{ OR: kinds }, afterCursor(input.cursor)],
    },
    include: whole,
    omit: { inputs: true, workflows: true, signedManifest: true },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  const names = await namesOf(ctx, projectId, rows);
  return pageFrom(rows, input.limit, (row) => viewTrigger(row, names, publicUrl));
}

/** The webhook of a deployment, which the actor may change. @throws AppError NOT_FOUND */
export async function findWebhookTrigger(ctx: Context, id: string) {
  const trigger = await ctx.db.trigger.findUnique({ where: { id, deployment: { scheduleRemovedAt: null } } });
  if (!trigger) throw new AppError("NOT_FOUND");
  await authorize(ctx, trigger.projectId, "run.write");
  return trigger;
}

/** The caller has authorized it. */
export async function showTrigger(ctx: Context, deploymentId: string, { publicUrl }: Where): Promise<TriggerView> {
  const row = await ctx.db.deployment.findUniqueOrThrow({
    where: { id: deploymentId },
    include: whole,
    omit: { inputs: true, workflows: true, signedManifest: true },
  });
  return viewTrigger(row, await namesOf(ctx, row.projectId, [row]), publicUrl);
}

/** Names of the workflows that others come after. */
async function namesOf(ctx: Context, projectId: string, rows: Row[]): Promise<ReadonlyMap<string, string>> {
  const ids = rows.flatMap(({ schedule }) => {
    const when = scheduleWhen.safeParse((schedule as { when?: unknown } | null)?.when).data;
    return when?.kind === "after" ? [when.workflowId] : [];
  });
  const found = await ctx.db.workflow.findMany({
    where: { id: { in: ids }, projectId, deletedAt: null },
    select: { id: true, name: true },
  });
  return new Map(found.map(({ id, name }) => [id, name]));
}

function viewTrigger(row: Row, names: ReadonlyMap<string, string>, publicUrl: string): TriggerView {
  const schedule = viewSchedule(row);
  if (!schedule) throw new AppError("NOT_FOUND");
  const { trigger, firings, workflowVersion, runner } = row;
  const [last] = firings;
  return {
    deploymentId: row.id,
    projectId: row.projectId,
    workflowId: workflowVersion.workflow.id,
    workflowName: workflowVersion.workflow.name,
    version: workflowVersion.number,
    runnerId: row.runnerId,
    runnerName: runner.name,
    createdAt: row.createdAt.toISOString(),
    schedule,
    afterWorkflowName: schedule.when.kind === "after" ? (names.get(schedule.when.workflowId) ?? null) : null,
    lastFiring: last
      ? {
          id: last.id,
          dueAt: last.dueAt.toISOString(),
          state: firingState.parse(last.state),
          reason: firingReason.nullable().parse(last.reason),
          count: last.count,
          runIds: last.runs.map(({ id }) => id),
        }
      : null,
    webhook: trigger && {
      id: trigger.id,
      url: `${publicUrl}/api/webhooks/${trigger.id}`,
      hasSecret: trigger.sealedSecret !== null,
      disabledAt: trigger.disabledAt?.toISOString() ?? null,
      lastCalledAt: trigger.lastCalledAt?.toISOString() ?? null,
      lastRefusal: trigger.lastRefusal,
      lastRefusedAt: trigger.lastRefusedAt?.toISOString() ?? null,
    },
  };
}
