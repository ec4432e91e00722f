import { readTimes } from "@deskhand/shared/schedule/times";
import type { InputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { declaredInput, type RecordingInputs, secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import { isTrigger, type Schedule } from "@deskhand/shared/schemas/schedule";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { orderDeadline } from "./order-deadline.ts";

type Scheduled = { projectId: string; workflowId: string; declared: RecordingInputs | undefined };

/**
 * @throws AppError SCHEDULE_INVALID with words for a cron expression or time zone that cannot be read, for a time that has passed, for
 * inputs that nothing may set, and for what comes after itself or after a workflow that is not there
 */
export async function checkSchedule(ctx: Context, { when, jitterSeconds }: Schedule, scheduled: Scheduled): Promise<void> {
  const now = ctx.clock.now().getTime();
  const read = readTimes(when, now);
  if (!read.ok) throw invalid(read.message, read.field);
  if (when.kind === "every" && jitterSeconds >= when.minutes * 60)
    throw invalid("The jitter has to be shorter than the time between two runs.");
  if (!isTrigger(when) && read.times.after(now) === undefined) throw invalid("This time never comes.");
  await checkTrigger(ctx, when, scheduled);
}

async function checkTrigger(ctx: Context, when: Schedule["when"], { projectId, workflowId, declared }: Scheduled): Promise<void> {
  if (when.kind !== "webhook" && when.kind !== "after") return;
  const secrets = secretInputNames(declared);
  for (const name of Object.keys(when.inputs)) {
    if (!declaredInput(declared, name)) throw invalid(`The workflow has no input called "${name}".`, name);
    if (secrets.includes(name)) throw invalid(`"${name}" is secret: it is given when the workflow is deployed.`, name);
  }
  if (when.kind === "webhook") return;
  if (when.workflowId === workflowId) throw invalid("A workflow cannot come after itself.", "workflowId");
  const before = await ctx.db.workflow.findUnique({ where: { id: when.workflowId, projectId, deletedAt: null }, select: { id: true } });
  if (!before) throw invalid("The workflow that it comes after is not there.", "workflowId");
}

function invalid(userMessage: string, field?: string): AppError {
  return new AppError("SCHEDULE_INVALID", { userMessage, ...(field ? { details: { field } } : {}) });
}

type Install = {
  deployment: { id: string; projectId: string; runnerId: string; workflowVersionId: string; signedManifest: string | null };
  version: { content: unknown; workflow: { id: string; name: string } };
  workflows: Record<string, Recording> | null;
  inputs: InputValues;
  schedule: Schedule;
  profileIds: string[];
};

/** Has the runner told of the schedule, within the caller's transaction. The caller has called `holdTargets`. */
export async function installSchedule(
  tx: Tx,
  ctx: Context,
  { deployment, version, workflows, inputs, schedule, profileIds }: Install,
): Promise<void> {
  const { projectId, runnerId, workflowVersionId, signedManifest } = deployment;
  const profiles = await tx.profile.findMany({ where: { id: { in: profileIds } }, select: { id: true, name: true } });
  const nameOf = new Map(profiles.map(({ id, name }) => [id, name]));
  await enqueueCommand(tx, ctx, {
    projectId,
    runnerId,
    kind: "schedule.install",
    payload: {
      deploymentId: deployment.id,
      workflowVersionId,
      workflowId: version.workflow.id,
      names: { workflow: version.workflow.name },
      schedule,
      profiles: profileIds.map((profileId) => ({ profileId, name: nameOf.get(profileId) ?? "" })),
      recording: version.content as Record<string, unknown>,
      ...(workflows ? { workflows } : {}),
      inputs,
      ...(signedManifest ? { signedManifest } : {}),
    },
    deadlineAt: orderDeadline(signedManifest, ctx.clock.now()),
  });
  await sendSignals(tx, [
    { kind: "change", projectId, topic: "deployment", id: deployment.id },
    { kind: "change", projectId, topic: "workflow", id: version.workflow.id },
  ]);
}
