import type { Page } from "@deskhand/shared/schemas/common";
import { workflowsIn } from "@deskhand/shared/schemas/embedded-workflows";
import type { Permission } from "@deskhand/shared/schemas/project";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type {
  getWorkflowVersionInput,
  listWorkflowsInput,
  WorkflowVersionDetail,
  WorkflowVersionView,
  WorkflowView,
} from "@deskhand/shared/schemas/workflow";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { Workflow, WorkflowVersion } from "@/server/generated/prisma/client";
import { literal } from "@/server/like";
import type { CalledNames } from "./read-recording.ts";
import { viewWorkflow, viewWorkflowVersion, viewWorkflowVersionDetail, type WorkflowFacts } from "./view.ts";

/** A page of workflows, newest first. `search` looks for a part of the name. */
export async function listWorkflows(ctx: Context, input: z.output<typeof listWorkflowsInput>): Promise<Page<WorkflowView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const search = input.search?.trim();
  const rows = await ctx.db.workflow.findMany({
    where: {
      projectId,
      deletedAt: null,
      versions: { some: { draft: false } },
      ...(search ? { name: { contains: literal(search), mode: "insensitive" as const } } : {}),
      ...afterCursor(input.cursor),
    },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  const facts = await findFacts(ctx, rows);
  return pageFrom(rows, input.limit, (row) => viewWorkflow(row, facts(row.id)));
}

export async function getWorkflow(ctx: Context, input: { id: string }): Promise<WorkflowView> {
  return showWorkflow(ctx, await findWorkflow(ctx, input.id, "project.read"));
}

/** A workflow's versions, newest first. */
export async function listWorkflowVersions(ctx: Context, input: { id: string }): Promise<{ items: WorkflowVersionView[] }> {
  const workflow = await findWorkflow(ctx, input.id, "project.read");
  const versions = await ctx.db.workflowVersion.findMany({
    where: { workflowId: workflow.id, draft: false },
    omit: { content: true },
    orderBy: { number: "desc" },
  });
  const names = await findNames(ctx, versions);
  return { items: versions.map((version) => viewWorkflowVersion(version, names(version.createdById))) };
}

/** One version with its content: by its number, or the latest. */
export async function getWorkflowVersion(ctx: Context, input: z.output<typeof getWorkflowVersionInput>): Promise<WorkflowVersionDetail> {
  const workflow = await findWorkflow(ctx, input.id, "project.read");
  const version = await ctx.db.workflowVersion.findFirst({
    where: { workflowId: workflow.id, ...(input.number === undefined ? { draft: false } : { number: input.number }) },
    orderBy: { number: "desc" },
  });
  if (!version) throw new AppError("NOT_FOUND");
  const [names, called] = await Promise.all([findNames(ctx, [version]), findCalled(ctx, workflow.projectId, version)]);
  return viewWorkflowVersionDetail(version, names(version.createdById), called);
}

async function findCalled(ctx: Context, projectId: string, version: WorkflowVersion): Promise<CalledNames> {
  const wanted = workflowsIn(version.content as unknown as Recording);
  if (wanted.length === 0) return new Map();
  const found = await ctx.db.workflowVersion.findMany({
    where: { workflow: { projectId }, OR: wanted.map((one) => ({ workflowId: one.workflowId, contentHash: one.version })) },
    select: { contentHash: true, number: true, workflow: { select: { name: true } } },
  });
  return new Map(found.map(({ contentHash, number, workflow: { name } }) => [contentHash, { name, number }]));
}

/** A workflow that the actor may use in this way. @throws AppError NOT_FOUND also for a deleted one and one of another project */
export async function findWorkflow(ctx: Context, id: string, permission: Permission): Promise<Workflow> {
  const workflow = await ctx.db.workflow.findUnique({ where: { id, deletedAt: null } });
  if (!workflow) throw new AppError("NOT_FOUND");
  await authorize(ctx, workflow.projectId, permission);
  return workflow;
}

/** A workflow as the outside sees it; the caller has authorized it. */
export async function showWorkflow(ctx: Context, workflow: Workflow): Promise<WorkflowView> {
  const facts = await findFacts(ctx, [workflow]);
  return viewWorkflow(workflow, facts(workflow.id));
}

/** Names of the people who made the versions. */
export async function findNames(ctx: Context, made: { createdById: string | null }[]): Promise<(userId: string | null) => string | null> {
  const ids = [...new Set(made.flatMap(({ createdById }) => createdById ?? []))];
  const users = ids.length > 0 ? await ctx.db.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } }) : [];
  const byId = new Map(users.map(({ id, name }) => [id, name]));
  return (userId) => (userId && byId.get(userId)) || null;
}

type FactsRow = WorkflowFacts & { workflowId: string };

async function findFacts(ctx: Context, workflows: { id: string }[]): Promise<(workflowId: string) => WorkflowFacts> {
  const none: WorkflowFacts = { latestVersion: 0, stepCount: 0, lastRunState: null, lastRunAt: null };
  if (workflows.length === 0) return () => none;
  // Prisma can neither take the newest row of each group by an index nor count the steps without fetching the recordings
  const rows = await ctx.db.$queryRaw<FactsRow[]>`
    select w.id as "workflowId", latest.number as "latestVersion", latest.steps as "stepCount",
      newest.state::text as "lastRunState", newest."createdAt" as "lastRunAt"
    from unnest(${workflows.map(({ id }) => id)}::uuid[]) as w(id)
    join lateral (
      select number, json_array_length(content -> 'steps') as steps from "WorkflowVersion"
      where "workflowId" = w.id and not draft order by number desc limit 1
    ) latest on true
    left join lateral (
      select r.state, r."createdAt" from "WorkflowVersion" v
      cross join lateral (
        select id, state, "createdAt" from "Run" where "workflowVersionId" = v.id order by "createdAt" desc, id desc limit 1
      ) r
      where v."workflowId" = w.id order by r."createdAt" desc, r.id desc limit 1
    ) newest on true`;
  const byWorkflow = new Map(rows.map(({ workflowId, ...facts }) => [workflowId, facts]));
  return (workflowId) => byWorkflow.get(workflowId) ?? none;
}
