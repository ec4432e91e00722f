import type { Page } from "@deskhand/shared/schemas/common";
import { workflowsIn } from "@deskhand/shared/schemas/embedded-workflows";
import type { Permission } from "@deskhand/shared/schemas/project";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { listRunsInput, RunDetail, RunView } from "@deskhand/shared/schemas/run";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { begunBy } from "./begun-by.ts";
import { findHolderNames } from "./holder-names.ts";
import { activeStates } from "./rules.ts";
import { type CalledVersions, calledKey, type RunRow, viewRun, viewRunDetail } from "./view.ts";

const withNames = {
  workflowVersion: { select: { number: true, workflow: { select: { id: true, name: true } } } },
  runner: { select: { name: true, connectionId: true, lastSeenAt: true, paused: true, policyPaused: true, policyQuietUntil: true } },
  profile: { select: { name: true, holderKind: true, holderId: true, holderSince: true } },
} as const;

/** A page of runs, newest first. The state `active` stands for every state that is not an end. */
export async function listRuns(ctx: Context, input: z.output<typeof listRunsInput>): Promise<Page<RunView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const { state, workflowId, deploymentId, profileId, runnerId } = input;
  const rows = await ctx.db.run.findMany({
    where: {
      projectId,
      ...(state ? { state: state === "active" ? { in: activeStates } : state } : {}),
      ...(workflowId ? { workflowVersion: { workflowId } } : {}),
      ...(deploymentId ? { deploymentId } : {}),
      ...(profileId ? { profileId } : {}),
      ...(runnerId ? { runnerId } : {}),
      ...afterCursor(input.cursor),
    },
    include: withNames,
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  const now = ctx.clock.now();
  const names = await findHolderNames(ctx, rows);
  return pageFrom(rows, input.limit, (row) => viewRun(row, now, names));
}

/** A run with its steps and what it left on its runner. */
export async function getRun(ctx: Context, input: { id: string }): Promise<RunDetail> {
  const run = await findRun(ctx, input.id, "project.read");
  const [names, held, begun, deployment, version, steps, artifacts, refusals] = await Promise.all([
    findHolderNames(ctx, [run]),
    findHolder(ctx, run),
    begunBy(ctx, run),
    ctx.db.deployment.findUniqueOrThrow({
      where: { id: run.deploymentId },
      select: { manifestId: true, record: true, recordWindow: true, trial: true, workflows: true },
    }),
    ctx.db.workflowVersion.findUniqueOrThrow({ where: { id: run.workflowVersionId }, select: { content: true } }),
    ctx.db.runStep.findMany({ where: { runId: run.id } }),
    ctx.db.artifact.findMany({ where: { runId: run.id }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] }),
    ctx.db.refusal.findMany({ where: { runId: run.id }, orderBy: [{ fatal: "desc" }, { count: "desc" }, { id: "asc" }] }),
  ]);
  const workflows = deployment.workflows as unknown as Record<string, Recording> | null;
  const recording = version.content as unknown as Recording;
  const called = await findCalled(ctx, run.projectId, [recording, ...Object.values(workflows ?? {})]);
  const left = { ...deployment, workflows, called, names, held, begun, steps, artifacts, refusals };
  return viewRunDetail(run, recording, left, ctx.clock.now());
}

async function findCalled(ctx: Context, projectId: string, recordings: Recording[]): Promise<CalledVersions> {
  const wanted = recordings.flatMap(workflowsIn);
  if (wanted.length === 0) return new Map();
  const found = await ctx.db.workflowVersion.findMany({
    where: {
      workflow: { projectId, deletedAt: null },
      OR: wanted.map(({ workflowId, version }) => ({ workflowId, contentHash: version })),
    },
    select: { workflowId: true, contentHash: true, number: true },
    orderBy: { number: "asc" },
  });
  return new Map(found.map(({ workflowId, contentHash, number }) => [calledKey({ workflowId, version: contentHash }), number]));
}

async function findHolder(ctx: Context, { holdId, heldAt }: RunRow): Promise<RunDetail["held"]> {
  if (!holdId || !heldAt) return null;
  const task = await ctx.db.command.findUnique({ where: { id: holdId }, select: { requestedById: true } });
  const user = task?.requestedById ? await ctx.db.user.findUnique({ where: { id: task.requestedById }, select: { name: true } }) : null;
  return { holdId, since: heldAt.toISOString(), userId: task?.requestedById ?? null, userName: user?.name ?? null };
}

/** A run that the actor may use in this way. @throws AppError NOT_FOUND also for one of another project */
export async function findRun(ctx: Context, id: string, permission: Permission): Promise<RunRow> {
  const run = await ctx.db.run.findUnique({ where: { id }, include: withNames });
  if (!run) throw new AppError("NOT_FOUND");
  await authorize(ctx, run.projectId, permission);
  return run;
}
