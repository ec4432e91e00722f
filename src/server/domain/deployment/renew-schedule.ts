import { inputsToDeploy } from "@deskhand/shared/schedule/inputs-to-deploy";
import type { DeploymentView, InputValues } from "@deskhand/shared/schemas/deployment";
import type { renewScheduleInput, ScheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { declaredInput } from "@deskhand/shared/schemas/recording-inputs";
import { type Schedule, schedule as scheduleSchema } from "@deskhand/shared/schemas/schedule";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { endReplaced, pauseSchedule } from "./change-schedule.ts";
import { showDeployment } from "./queries.ts";
import { readInputs, sayOfMissing } from "./read-inputs.ts";
import { findVersion, readyDeployment, writeDeployment } from "./ready-deployment.ts";
import { orderUnderWay } from "./view.ts";

/**
 * Has the latest version of a workflow take the place of the one that a schedule runs: on the same profiles (but those that were deleted), at
 * the same times, with the same inputs where the version has them still. Messages come in at the same address. One that is paused stays so.
 * The old one is asked to end, and stays where the runner refuses the new one (but where the end was signed without a `newId`); asked again
 * after a failure, it goes on where it stopped.
 * @throws AppError NOT_FOUND as pauseSchedule and for one that was asked to end, WORKFLOW_UNCHANGED with `details.version` when it runs the latest, CONFLICT when somebody
 * else does the same or `newId` is taken, INPUT_MISSING for an input that is new, and what createDeployment and removeSchedule throw
 */
export async function renewSchedule(ctx: Context, input: z.output<typeof renewScheduleInput>): Promise<DeploymentView> {
  const { id, signedRemoval, signedPause } = input;
  const { old, isPaused } = await findOld(ctx, id);
  const { projectId, runnerId } = old;
  if (input.newId && old.replacedById && input.newId !== old.replacedById) throw new AppError("CONFLICT");
  const named = old.replacedById ?? input.newId;
  // what would be refused after the new one is there
  const end = { deploymentId: id, ...(input.newId ? { successorId: input.newId } : {}) };
  await checkOrder(ctx, { projectId, runnerId, signed: signedRemoval, command: "schedule.remove", payload: end });
  // nobody can sign for the pause of what has no name yet
  const pause = { deploymentId: named ?? "", paused: true };
  if (isPaused) await checkOrder(ctx, { projectId, runnerId, signed: signedPause, command: "schedule.pause", payload: pause });
  const newId = old.replacedById ?? (await replace(ctx, old, input));
  if (isPaused) await pauseSchedule(ctx, { id: newId, paused: true, signedManifest: signedPause });
  const isNamed = input.newId !== undefined || signedRemoval === undefined;
  await endReplaced(ctx, { id, signedManifest: signedRemoval, ...(isNamed && { successorId: newId }) });
  return showDeployment(ctx, newId);
}

/**
 * What {@link renewSchedule} would do, for whoever signs that.
 * @throws AppError as renewSchedule does, but for what it says of signatures and of times that have passed
 */
export async function getRenewal(ctx: Context, { id }: { id: string }): Promise<ScheduleRenewal> {
  const { old, isPaused } = await findOld(ctx, id);
  const { version, asked, profiles, isNew } = await plan(ctx, old, { inputs: {} });
  const { projectId, runnerId, schedule, workflowId } = asked;
  return {
    deploymentId: id,
    projectId,
    runnerId,
    workflowId,
    workflowName: version.workflow.name,
    version: version.number,
    profiles,
    // the one that is there has its own
    inputs: old.replacedById ? {} : inputsOf(version, asked, isNew),
    schedule,
    paused: isPaused,
    replacedById: old.replacedById,
  };
}

function inputsOf({ content }: { content: unknown }, asked: { inputs: InputValues; schedule: Schedule }, isNew: string): InputValues {
  const { inputs: declared } = content as Recording;
  try {
    return readInputs(inputsToDeploy(declared, asked.schedule), asked.inputs);
  } catch (error) {
    return sayOfMissing(error, isNew);
  }
}

type Old = {
  id: string;
  projectId: string;
  runnerId: string;
  profileIds: string[];
  inputs: unknown;
  schedule: unknown;
  replacedById: string | null;
  workflowVersion: { workflowId: string; number: number };
};

/** A schedule whose place can be taken by the actor. @throws AppError NOT_FOUND */
async function findOld(ctx: Context, id: string): Promise<{ old: Old; isPaused: boolean }> {
  const old = await ctx.db.deployment.findUnique({
    where: { id, scheduleRemovedAt: null },
    include: { workflowVersion: { select: { workflowId: true, number: true } } },
    omit: { workflows: true, signedManifest: true },
  });
  const asked = old && orderUnderWay(old);
  // one that somebody ends has no place to take
  if (!old || old.schedule === null || (asked === "remove" && old.replacedById === null)) throw new AppError("NOT_FOUND");
  await authorize(ctx, old.projectId, "run.write");
  return { old, isPaused: asked === "pause" || (old.schedulePausedAt !== null && asked !== "resume") };
}

/** What is deployed in its place, and what to say of an input that is missing. */
async function plan(ctx: Context, old: Old, given: { inputs: InputValues; signedManifest?: string | undefined }) {
  const { projectId, runnerId } = old;
  const { workflowId } = old.workflowVersion;
  const version = await findVersion(ctx, projectId, workflowId, undefined);
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  if (version.number <= old.workflowVersion.number) throw new AppError("WORKFLOW_UNCHANGED", { details: { version: version.number } });
  const { inputs: declared } = version.content as unknown as Recording;
  const kept = Object.entries(old.inputs as InputValues).filter(([name]) => declaredInput(declared, name));
  const there = await ctx.db.profile.findMany({ where: { id: { in: old.profileIds }, deletedAt: null }, select: { id: true, name: true } });
  const byId = new Map(there.map((profile) => [profile.id, profile]));
  const profiles = old.profileIds.flatMap((profileId) => byId.get(profileId) ?? []);
  if (profiles.length === 0) throw new AppError("NOT_FOUND", { details: { what: "profile", profileIds: old.profileIds } });
  const asked = {
    projectId,
    workflowId,
    version: version.number,
    runnerId,
    profileIds: profiles.map((profile) => profile.id),
    inputs: { ...Object.fromEntries(kept), ...given.inputs },
    schedule: scheduleSchema.parse(old.schedule),
    ...(given.signedManifest && { signedManifest: given.signedManifest }),
  };
  const isNew = `It is new in version ${version.number}: deploy that with it, then end this schedule.`;
  return { version, asked, profiles, isNew };
}

async function replace(ctx: Context, old: Old, given: z.output<typeof renewScheduleInput>): Promise<string> {
  const { projectId, runnerId } = old;
  const { version, asked, isNew } = await plan(ctx, old, given);
  const ready = await readyDeployment(ctx, asked, version).catch((error) => sayOfMissing(error, isNew));
  await limitCommands(ctx, { projectId, runnerId, count: ready.commands });
  const { newId } = given;
  if (newId && (await ctx.db.deployment.count({ where: { id: newId } })) > 0) throw new AppError("CONFLICT");
  return ctx.db.$transaction(async (tx) => {
    const { id: replacedById } = await writeDeployment(tx, ctx, ready, { id: newId, replaces: old.id });
    const replaced = await tx.deployment.updateMany({
      where: { id: old.id, replacedById: null, scheduleRemovedAt: null },
      data: { replacedById },
    });
    if (replaced.count === 0) throw new AppError("CONFLICT");
    return replacedById;
  });
}
