import { inputsToDeploy } from "@deskhand/shared/schedule/inputs-to-deploy";
import type { CreateDeploymentInput, DeploymentView, InputValues } from "@deskhand/shared/schemas/deployment";
import type { Manifest } from "@deskhand/shared/schemas/manifest";
import { permissionsOf } from "@deskhand/shared/schemas/permissions";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { holdTargets, startRuns } from "@/server/domain/run/start-runs";
import { checkManifest, invalid } from "@/server/domain/signing-key/check-manifest";
import { contentHash } from "@/server/domain/workflow/content-hash";
import { embedWorkflows } from "@/server/domain/workflow/embed-workflows";
import { AppError } from "@/server/errors";
import { Prisma } from "@/server/generated/prisma/client";
import { checkSchedule, installSchedule } from "./install-schedule.ts";
import { findRepeated } from "./queries.ts";
import { readInputs } from "./read-inputs.ts";
import { viewDeployment } from "./view.ts";

/**
 * Installs a workflow version on a runner for some of its profiles and asks for one run on each, in the order given; with a schedule
 * the runner begins them by itself when their time comes. The same idempotency key with the same request answers with the deployment that it made the first time.
 * `testName`: it is a run of that test of the version.
 * @throws AppError NOT_FOUND (`details.what` says of which), RUNNER_NOT_ACCEPTED, PROFILE_ON_OTHER_RUNNER, INPUT_MISSING,
 * INPUT_UNKNOWN, INPUT_WRONG_TYPE, SCHEDULE_INVALID, SECRET_NOT_SEALED, IDEMPOTENCY_CONFLICT, RATE_LIMITED when the runner was asked too much,
 * SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function createDeployment(ctx: Context, input: CreateDeploymentInput, testName?: string): Promise<DeploymentView> {
  const { projectId } = await authorize(ctx, input.projectId, "run.write");
  const { workflowId, runnerId, idempotencyKey } = input;
  const profileIds = [...new Set(input.profileIds)];
  const { schedule, record, window, trial } = input;
  const asked = { workflowId, version: input.version ?? null, runnerId, profileIds, inputs: input.inputs };
  const byHand = { ...(record && { record }), ...(window && { window }), ...(trial && { trial }) };
  const requestHash = contentHash({ ...asked, ...(schedule && { schedule }), ...byHand });
  const [repeated, version] = await Promise.all([
    findRepeated(ctx, { projectId, idempotencyKey, requestHash }),
    findVersion(ctx, projectId, workflowId, input.version),
  ]);
  if (repeated) return repeated;
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  const recording = version.content as unknown as Recording;
  const workflows = await embedWorkflows(ctx, projectId, recording);
  if (schedule) await checkSchedule(ctx, schedule, { projectId, workflowId, declared: recording.inputs });
  const inputs = readInputs(inputsToDeploy(recording.inputs, schedule), input.inputs);
  const manifest = await checkManifest(ctx, { projectId, runnerId, signed: input.signedManifest });
  if (manifest) compareManifest(manifest, { version, recording, profileIds, inputs, schedule });
  await limitCommands(ctx, { projectId, runnerId, count: schedule ? 1 : profileIds.length });
  const signed = manifest && input.signedManifest ? { id: manifest.id, text: input.signedManifest } : undefined;
  try {
    return await write(ctx, {
      projectId,
      runnerId,
      profileIds,
      idempotencyKey,
      requestHash,
      version,
      workflows,
      inputs,
      signed,
      schedule,
      testName,
      record,
      window,
      trial,
    });
  } catch (error) {
    // somebody used the key between the look and the write
    const lostRace = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002" && idempotencyKey !== undefined;
    const first = lostRace ? await findRepeated(ctx, { projectId, idempotencyKey, requestHash }) : undefined;
    if (first) return first;
    throw error;
  }
}

type Content = { version: Version; recording: Recording; profileIds: string[]; inputs: InputValues; schedule: Schedule | undefined };

/** Is that what was signed? The runner would refuse it otherwise, after it was told that all is well. */
function compareManifest(manifest: Manifest, { version, recording, profileIds, inputs, schedule }: Content): void {
  if (manifest.kind !== "deploy") throw invalid("Something else than a deployment was signed.");
  const { workflow } = manifest;
  if (workflow.id !== version.workflow.id || workflow.version !== version.number || workflow.hash !== contentHash(recording)) {
    throw invalid("Another workflow version was signed.");
  }
  if (!profileIds.every((id) => manifest.profileIds.includes(id))) throw invalid("Other profiles were signed.");
  if (contentHash({ schedule: manifest.schedule }) !== contentHash({ schedule: schedule ?? null })) {
    throw invalid("Another schedule was signed.");
  }
  if (manifest.inputs !== contentHash(inputs)) throw invalid("Other inputs were signed.");
  if (manifest.inputsSchema !== (recording.inputs ? contentHash(recording.inputs) : null)) throw invalid("Other inputs were signed.");
  if (contentHash(manifest.permissions) !== contentHash(permissionsOf(recording))) throw invalid("Other permissions were signed.");
}

type Version = NonNullable<Awaited<ReturnType<typeof findVersion>>>;

function findVersion(ctx: Context, projectId: string, workflowId: string, number: number | undefined) {
  return ctx.db.workflowVersion.findFirst({
    where: { workflowId, workflow: { projectId, deletedAt: null }, ...(number === undefined ? { draft: false } : { number }) },
    orderBy: { number: "desc" },
    select: { id: true, number: true, content: true, workflow: { select: { id: true, name: true } } },
  });
}

/** From here on nobody deletes it, as what begins it by itself would outlive it. Prisma has no row locks. @throws AppError NOT_FOUND */
async function holdWorkflow(tx: Tx, id: string): Promise<void> {
  const held = await tx.$queryRaw<unknown[]>`select 1 from "Workflow" where id = ${id}::uuid and "deletedAt" is null for share`;
  if (held.length === 0) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
}

type Deploy = {
  projectId: string;
  runnerId: string;
  profileIds: string[];
  idempotencyKey: string | undefined;
  requestHash: string;
  version: Version;
  workflows: Record<string, Recording> | null;
  inputs: InputValues;
  signed: { id: string; text: string } | undefined;
  schedule: Schedule | undefined;
  testName: string | undefined;
  record: boolean | undefined;
  window: boolean | undefined;
  trial: boolean | undefined;
};

function write(ctx: Context, deploy: Deploy): Promise<DeploymentView> {
  const { projectId, runnerId, profileIds, version, workflows, inputs, schedule } = deploy;
  return ctx.db.$transaction(async (tx) => {
    await holdTargets(tx, { projectId, runnerId, profileIds });
    if (schedule) await holdWorkflow(tx, version.workflow.id);
    const deployment = await tx.deployment.create({
      data: {
        projectId,
        workflowVersionId: version.id,
        runnerId,
        inputs,
        ...(workflows ? { workflows: workflows as unknown as Prisma.InputJsonObject } : {}),
        idempotencyKey: deploy.idempotencyKey ?? null,
        requestHash: deploy.requestHash,
        signedManifest: deploy.signed?.text ?? null,
        manifestId: deploy.signed?.id ?? null,
        createdById: "userId" in ctx.actor ? ctx.actor.userId : null,
        createdAt: ctx.clock.now(),
        testName: deploy.testName ?? null,
        record: deploy.record ?? false,
        recordWindow: deploy.window ?? false,
        trial: deploy.trial ?? false,
        ...(schedule ? { schedule, profileIds } : {}),
      },
      omit: { inputs: true, workflows: true },
    });
    if (schedule) {
      if (schedule.when.kind === "webhook") {
        await tx.trigger.create({ data: { projectId, deploymentId: deployment.id, createdAt: deployment.createdAt } });
      }
      await installSchedule(tx, ctx, { deployment, version, workflows, inputs, schedule, profileIds });
      return viewDeployment({ ...deployment, workflowVersion: version, runs: [] });
    }
    const runIds = await startRuns(tx, ctx, { deployment, workflowId: version.workflow.id, profileIds });
    return viewDeployment({ ...deployment, workflowVersion: version, runs: runIds.map((id) => ({ id })) });
  });
}
