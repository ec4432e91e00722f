import type { CreateDeploymentInput, DeploymentView } from "@deskhand/shared/schemas/deployment";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { Prisma } from "@/server/generated/prisma/client";
import { findRepeated } from "./queries.ts";
import { findVersion, readyDeployment, requestHashOf, writeDeployment } from "./ready-deployment.ts";

/**
 * Installs a workflow version on a runner for some of its profiles and asks for one run on each, in the order given; with a schedule
 * the runner begins them by itself when their time comes. The same idempotency key with the same request answers with the deployment that it made the first time.
 * @throws AppError NOT_FOUND (`details.what` says of which), RUNNER_NOT_ACCEPTED, PROFILE_ON_OTHER_RUNNER, INPUT_MISSING,
 * INPUT_UNKNOWN, INPUT_WRONG_TYPE, SCHEDULE_INVALID, SECRET_NOT_SEALED, IDEMPOTENCY_CONFLICT, RATE_LIMITED when the runner was asked too much,
 * SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function createDeployment(ctx: Context, input: CreateDeploymentInput): Promise<DeploymentView> {
  const { projectId } = await authorize(ctx, input.projectId, "run.write");
  const { workflowId, runnerId, idempotencyKey } = input;
  const key = { projectId, idempotencyKey, requestHash: requestHashOf(input) };
  const [repeated, version] = await Promise.all([findRepeated(ctx, key), findVersion(ctx, projectId, workflowId, input.version)]);
  if (repeated) return repeated;
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  const ready = await readyDeployment(ctx, { ...input, projectId }, version);
  await limitCommands(ctx, { projectId, runnerId, count: ready.commands });
  try {
    return await ctx.db.$transaction((tx) => writeDeployment(tx, ctx, ready, { idempotencyKey }));
  } catch (error) {
    // somebody used the key between the look and the write
    const lostRace = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002" && idempotencyKey !== undefined;
    const first = lostRace ? await findRepeated(ctx, key) : undefined;
    if (first) return first;
    throw error;
  }
}
