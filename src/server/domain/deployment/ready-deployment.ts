import { inputsToDeploy } from "@deskhand/shared/schedule/inputs-to-deploy";
import type { CreateDeploymentInput, DeploymentView, InputValues } from "@deskhand/shared/schemas/deployment";
import type { Manifest } from "@deskhand/shared/schemas/manifest";
import { permissionsOf } from "@deskhand/shared/schemas/permissions";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { holdTargets, startRuns } from "@/server/domain/run/start-runs";
import { checkManifest, invalid } from "@/server/domain/signing-key/check-manifest";
import { contentHash } from "@/server/domain/workflow/content-hash";
import { embedWorkflows } from "@/server/domain/workflow/embed-workflows";
import { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";
import { checkSchedule, installSchedule } from "./install-schedule.ts";
import { readInputs } from "./read-inputs.ts";
import { viewDeployment } from "./view.ts";

/** A deployment of which all is known and checked, and nothing written yet. */
export type ReadyDeployment = {
  projectId: string;
  runnerId: string;
  profileIds: string[];
  /** How many commands it asks of its runner, for `limitCommands`. */
  commands: number;
  requestHash: string;
  version: Version;
  workflows: Record<string, Recording> | null;
  inputs: InputValues;
  signed: { id: string; text: string } | undefined;
  schedule: Schedule | undefined;
  record: boolean | undefined;
  window: boolean | undefined;
  trial: boolean | undefined;
};

/** What else is written with a deployment. */
type More = {
  /** What it is called; it names itself where nobody has signed for that. */
  id?: string | undefined;
  idempotencyKey?: string | undefined;
  /** It is a run of this test of the version. */
  testName?: string | undefined;
  /** It takes the place of this one, and with that the address that messages to it are sent to. */
  replaces?: string | undefined;
};

/**
 * Checks all that can be checked before a deployment is written. The caller has authorized the project.
 * @throws AppError NOT_FOUND (`details.what` says of which), INPUT_MISSING, INPUT_UNKNOWN, INPUT_WRONG_TYPE, SCHEDULE_INVALID,
 * SECRET_NOT_SEALED, SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function readyDeployment(
  ctx: Context,
  input: CreateDeploymentInput & { projectId: string },
  known?: Version,
): Promise<ReadyDeployment> {
  const { projectId, workflowId, runnerId, schedule, record, window, trial } = input;
  const profileIds = [...new Set(input.profileIds)];
  const version = known ?? (await findVersion(ctx, projectId, workflowId, input.version));
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  const recording = version.content as unknown as Recording;
  const workflows = await embedWorkflows(ctx, projectId, recording);
  if (schedule) await checkSchedule(ctx, schedule, { projectId, workflowId, declared: recording.inputs });
  const inputs = readInputs(inputsToDeploy(recording.inputs, schedule), input.inputs);
  const manifest = await checkManifest(ctx, { projectId, runnerId, signed: input.signedManifest });
  if (manifest) compareManifest(manifest, { version, recording, profileIds, inputs, schedule });
  return {
    projectId,
    runnerId,
    profileIds,
    commands: schedule ? 1 : profileIds.length,
    requestHash: requestHashOf(input),
    version,
    workflows,
    inputs,
    signed: manifest && input.signedManifest ? { id: manifest.id, text: input.signedManifest } : undefined,
    schedule,
    record,
    window,
    trial,
  };
}

/** Of all that was asked for, whose repetition is answered as the first. */
export function requestHashOf({
  workflowId,
  version,
  runnerId,
  inputs,
  schedule,
  record,
  window,
  trial,
  ...input
}: CreateDeploymentInput): string {
  const asked = { workflowId, version: version ?? null, runnerId, profileIds: [...new Set(input.profileIds)], inputs };
  const byHand = { ...(record && { record }), ...(window && { window }), ...(trial && { trial }) };
  return contentHash({ ...asked, ...(schedule && { schedule }), ...byHand });
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

/** A version that can be deployed: by its number, or the latest; null when it is not there. */
export function findVersion(ctx: Context, projectId: string, workflowId: string, number: number | undefined) {
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

/**
 * Writes a deployment with its runs or its schedule, within the caller's transaction. The caller has called `limitCommands`.
 * @throws AppError NOT_FOUND, RUNNER_NOT_ACCEPTED, PROFILE_ON_OTHER_RUNNER, PROFILE_MOVING
 */
export async function writeDeployment(tx: Tx, ctx: Context, deploy: ReadyDeployment, more: More = {}): Promise<DeploymentView> {
  const { projectId, runnerId, profileIds, version, workflows, inputs, schedule } = deploy;
  await holdTargets(tx, { projectId, runnerId, profileIds });
  if (schedule) await holdWorkflow(tx, version.workflow.id);
  const deployment = await tx.deployment.create({
    data: {
      ...(more.id && { id: more.id }),
      projectId,
      workflowVersionId: version.id,
      runnerId,
      inputs,
      ...(workflows ? { workflows: workflows as unknown as Prisma.InputJsonObject } : {}),
      idempotencyKey: more.idempotencyKey ?? null,
      requestHash: deploy.requestHash,
      signedManifest: deploy.signed?.text ?? null,
      manifestId: deploy.signed?.id ?? null,
      createdById: "userId" in ctx.actor ? ctx.actor.userId : null,
      createdAt: ctx.clock.now(),
      testName: more.testName ?? null,
      record: deploy.record ?? false,
      recordWindow: deploy.window ?? false,
      trial: deploy.trial ?? false,
      ...(schedule ? { schedule, profileIds } : {}),
    },
    omit: { inputs: true, workflows: true },
  });
  if (schedule) {
    if (schedule.when.kind === "webhook") await giveAddress(tx, deployment, more.replaces);
    await installSchedule(tx, ctx, { deployment, version, workflows, inputs, schedule, profileIds });
    return viewDeployment({ ...deployment, workflowVersion: version, runs: [] });
  }
  const runIds = await startRuns(tx, ctx, { deployment, workflowId: version.workflow.id, profileIds });
  return viewDeployment({ ...deployment, workflowVersion: version, runs: runIds.map((id) => ({ id })) });
}

/** Where messages come in: a new address, or the one of what it takes the place of, with its secret. */
async function giveAddress(tx: Tx, deployment: { id: string; projectId: string; createdAt: Date }, replaces: string | undefined) {
  const { id: deploymentId, projectId, createdAt } = deployment;
  const moved = replaces ? await tx.trigger.updateMany({ where: { deploymentId: replaces }, data: { deploymentId } }) : { count: 0 };
  if (moved.count === 0) await tx.trigger.create({ data: { projectId, deploymentId, createdAt } });
}
