import { id as idSchema, type Page } from "@deskhand/shared/schemas/common";
import type { DeploymentView, FiringView, listFiringsInput } from "@deskhand/shared/schemas/deployment";
import { firingReason, firingState } from "@deskhand/shared/schemas/schedule";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";
import { viewDeployment } from "./view.ts";

const whole = {
  workflowVersion: { select: { number: true, workflow: { select: { id: true, name: true } } } },
  runs: { select: { id: true }, orderBy: [{ createdAt: "asc" }, { id: "asc" }] },
} satisfies Prisma.DeploymentInclude;

/** @throws AppError NOT_FOUND */
export async function getDeployment(ctx: Context, input: { id: string }): Promise<DeploymentView> {
  const deployment = await ctx.db.deployment.findUnique({ where: { id: input.id }, omit: { inputs: true }, include: whole });
  if (!deployment) throw new AppError("NOT_FOUND");
  await authorize(ctx, deployment.projectId, "project.read");
  return viewDeployment(deployment);
}

/** A deployment as the outside sees it; the caller has authorized it. */
export async function showDeployment(ctx: Context, id: string): Promise<DeploymentView> {
  return viewDeployment(await ctx.db.deployment.findUniqueOrThrow({ where: { id }, omit: { inputs: true }, include: whole }));
}

/**
 * The deployment that was made with this key; undefined when there is none yet. The caller has authorized the project.
 * @throws AppError IDEMPOTENCY_CONFLICT when the key was used for another request
 */
export async function findRepeated(
  ctx: Context,
  input: { projectId: string; idempotencyKey: string | undefined; requestHash: string },
): Promise<DeploymentView | undefined> {
  const { projectId, idempotencyKey, requestHash } = input;
  if (idempotencyKey === undefined) return undefined;
  const deployment = await ctx.db.deployment.findUnique({
    where: { projectId_idempotencyKey: { projectId, idempotencyKey } },
    omit: { inputs: true },
    include: whole,
  });
  if (!deployment) return undefined;
  if (deployment.requestHash !== requestHash) throw new AppError("IDEMPOTENCY_CONFLICT");
  return viewDeployment(deployment);
}

/** A page of what became of a schedule's times, the newest first. @throws AppError NOT_FOUND */
export async function listFirings(ctx: Context, input: z.output<typeof listFiringsInput>): Promise<Page<FiringView>> {
  const deployment = await ctx.db.deployment.findUnique({ where: { id: input.id }, select: { projectId: true } });
  if (!deployment) throw new AppError("NOT_FOUND");
  await authorize(ctx, deployment.projectId, "project.read");
  const rows = await ctx.db.scheduleFiring.findMany({
    where: { deploymentId: input.id },
    include: { runs: { select: { id: true }, orderBy: { id: "asc" } } },
    orderBy: [{ dueAt: "desc" }, { id: "desc" }],
    take: input.limit + 1,
    ...(input.cursor ? { cursor: { id: readCursor(input.cursor) }, skip: 1 } : {}),
  });
  const items = rows.slice(0, input.limit).map(({ id, dueAt, state, reason, count, runs }) => ({
    id,
    dueAt: dueAt.toISOString(),
    state: firingState.parse(state),
    reason: firingReason.nullable().parse(reason),
    count,
    runIds: runs.map((run) => run.id),
  }));
  return { items, nextCursor: rows.length > input.limit ? (items.at(-1)?.id ?? null) : null };
}

function readCursor(cursor: string): string {
  const read = idSchema.safeParse(cursor);
  if (!read.success) throw new AppError("INVALID_INPUT");
  return read.data;
}
