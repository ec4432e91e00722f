import type { CreateDeploymentInput, DeploymentView, InputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { holdTargets, startRuns } from "@/server/domain/run/start-runs";
import { contentHash } from "@/server/domain/workflow/content-hash";
import { AppError } from "@/server/errors";
import { Prisma } from "@/server/generated/prisma/client";
import { findRepeated } from "./queries.ts";
import { readInputs } from "./read-inputs.ts";
import { viewDeployment } from "./view.ts";

/**
 * Installs a workflow version on a runner for some of its profiles and asks for one run on each, in the order given. The same
 * idempotency key with the same request answers with the deployment that it made the first time.
 * @throws AppError NOT_FOUND (`details.what` says of which), RUNNER_NOT_ACCEPTED, PROFILE_ON_OTHER_RUNNER, INPUT_MISSING,
 * INPUT_UNKNOWN, INPUT_WRONG_TYPE, SECRET_NOT_SEALED, IDEMPOTENCY_CONFLICT, RATE_LIMITED when the runner was asked too much
 */
export async function createDeployment(ctx: Context, input: CreateDeploymentInput): Promise<DeploymentView> {
  const { projectId } = await authorize(ctx, input.projectId, "run.write");
  const { workflowId, runnerId, idempotencyKey } = input;
  const profileIds = [...new Set(input.profileIds)];
  const requestHash = contentHash({ workflowId, version: input.version ?? null, runnerId, profileIds, inputs: input.inputs });
  const [repeated, version] = await Promise.all([
    findRepeated(ctx, { projectId, idempotencyKey, requestHash }),
    findVersion(ctx, projectId, workflowId, input.version),
  ]);
  if (repeated) return repeated;
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  const recording = version.content as unknown as Recording;
  const inputs = readInputs(recording.inputs, input.inputs);
  await limitCommands(ctx, { projectId, runnerId, count: profileIds.length });
  try {
    return await write(ctx, { projectId, runnerId, profileIds, idempotencyKey, requestHash, version, inputs });
  } catch (error) {
    // somebody used the key between the look and the write
    const lostRace = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002" && idempotencyKey !== undefined;
    const first = lostRace ? await findRepeated(ctx, { projectId, idempotencyKey, requestHash }) : undefined;
    if (first) return first;
    throw error;
  }
}

type Version = NonNullable<Awaited<ReturnType<typeof findVersion>>>;

function findVersion(ctx: Context, projectId: string, workflowId: string, number: number | undefined) {
  return ctx.db.workflowVersion.findFirst({
    where: { workflowId, workflow: { projectId, deletedAt: null }, ...(number === undefined ? {} : { number }) },
    orderBy: { number: "desc" },
    select: { id: true, number: true, content: true, workflow: { select: { id: true, name: true } } },
  });
}

type Deploy = {
  projectId: string;
  runnerId: string;
  profileIds: string[];
  idempotencyKey: string | undefined;
  requestHash: string;
  version: Version;
  inputs: InputValues;
};

function write(ctx: Context, deploy: Deploy): Promise<DeploymentView> {
  const { projectId, runnerId, profileIds, version, inputs } = deploy;
  return ctx.db.$transaction(async (tx) => {
    await holdTargets(tx, { projectId, runnerId, profileIds });
    const deployment = await tx.deployment.create({
      data: {
        projectId,
        workflowVersionId: version.id,
        runnerId,
        inputs,
        idempotencyKey: deploy.idempotencyKey ?? null,
        requestHash: deploy.requestHash,
        createdById: "userId" in ctx.actor ? ctx.actor.userId : null,
        createdAt: ctx.clock.now(),
      },
      omit: { inputs: true },
    });
    const runIds = await startRuns(tx, ctx, { deployment, workflowId: version.workflow.id, profileIds });
    return viewDeployment({ ...deployment, workflowVersion: version, runs: runIds.map((id) => ({ id })) });
  });
}
