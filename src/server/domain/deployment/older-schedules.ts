import { readTimes } from "@deskhand/shared/schedule/times";
import type { OlderSchedule } from "@deskhand/shared/schemas/older-schedules";
import { isTrigger } from "@deskhand/shared/schemas/schedule";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { Prisma } from "@/server/generated/prisma/client";
import { orderUnderWay, viewSchedule } from "./view.ts";

/** Schedules and triggers of a workflow that are not over and run an older version than the latest, the oldest first. @throws AppError NOT_FOUND */
export async function listOlderSchedules(ctx: Context, input: { id: string }): Promise<{ items: OlderSchedule[] }> {
  const workflow = await ctx.db.workflow.findUnique({ where: { id: input.id, deletedAt: null }, select: { projectId: true } });
  if (!workflow) throw new AppError("NOT_FOUND");
  await authorize(ctx, workflow.projectId, "project.read");
  const latest = await ctx.db.workflowVersion.findFirst({
    where: { workflowId: input.id, draft: false },
    orderBy: { number: "desc" },
    select: { number: true },
  });
  return { items: latest ? await findOlderSchedules(ctx, [{ workflowId: input.id, newest: latest.number }]) : [] };
}

/** What runs another version than the newest of these workflows by itself. The caller has authorized them. */
export async function findOlderSchedules(ctx: Context, workflows: { workflowId: string; newest: number }[]): Promise<OlderSchedule[]> {
  const rows = await ctx.db.deployment.findMany({
    where: {
      schedule: { not: Prisma.AnyNull },
      scheduleRemovedAt: null,
      OR: workflows.map(({ workflowId, newest }) => ({ workflowVersion: { workflowId, number: { lt: newest } } })),
    },
    include: {
      workflowVersion: { select: { number: true, workflow: { select: { id: true, name: true } } } },
      runner: { select: { name: true, signaturesRequired: true, status: true } },
    },
    omit: { inputs: true, workflows: true, signedManifest: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  const newest = new Map(workflows.map(({ workflowId, newest }) => [workflowId, newest]));
  return rows.flatMap((row): OlderSchedule[] => {
    const { runner, runnerId, replacedById, workflowVersion } = row;
    const schedule = viewSchedule(row);
    if (orderUnderWay(row) === "remove" && replacedById === null) return [];
    // one whose only time has passed begins nothing any more, nor does one whose runner is not the project's any more
    if (!schedule || runner.status !== "accepted" || !comesAgain(ctx, schedule)) return [];
    return [
      {
        deploymentId: row.id,
        workflowId: workflowVersion.workflow.id,
        workflowName: workflowVersion.workflow.name,
        version: workflowVersion.number,
        newest: newest.get(workflowVersion.workflow.id) ?? workflowVersion.number,
        runnerId,
        runnerName: runner.name,
        signaturesRequired: runner.signaturesRequired === true,
        replacedById,
        schedule,
      },
    ];
  });
}

function comesAgain(ctx: Context, { when }: OlderSchedule["schedule"]): boolean {
  if (isTrigger(when)) return true;
  const now = ctx.clock.now().getTime();
  const read = readTimes(when, now);
  return read.ok && read.times.after(now) !== undefined;
}
