import type { DeploymentView } from "@deskhand/shared/schemas/deployment";
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
