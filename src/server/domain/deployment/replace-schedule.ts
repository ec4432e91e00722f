import { inputsToDeploy } from "@deskhand/shared/schedule/inputs-to-deploy";
import type { DeploymentSchedule, DeploymentView, InputValues } from "@deskhand/shared/schemas/deployment";
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
import { type findVersion, type ReadyDeployment, writeDeployment } from "./ready-deployment.ts";
import { orderUnderWay } from "./view.ts";

/** A schedule whose place another takes. */
export type Old = {
  id: string;
  projectId: string;
  runnerId: string;
  profileIds: string[];
  inputs: unknown;
  schedule: unknown;
  scheduleInstalledAt: Date | null;
  scheduleFailureCode: string | null;
  replacedById: string | null;
  workflowVersion: { workflowId: string; number: number };
};

export type FoundSchedule = {
  old: Old;
  /** What its runner was asked and has not answered. */
  asked: NonNullable<DeploymentSchedule["asked"]>["what"] | undefined;
  /** It is, or was asked to be: so is what takes its place. */
  isPaused: boolean;
};

/** A schedule that has not ended, which the actor may change. @throws AppError NOT_FOUND */
export async function findSchedule(ctx: Context, id: string): Promise<FoundSchedule> {
  const old = await ctx.db.deployment.findUnique({
    where: { id, scheduleRemovedAt: null },
    include: { workflowVersion: { select: { workflowId: true, number: true } } },
    omit: { workflows: true, signedManifest: true },
  });
  if (!old || old.schedule === null) throw new AppError("NOT_FOUND");
  await authorize(ctx, old.projectId, "run.write");
  const asked = orderUnderWay(old);
  return { old, asked, isPaused: asked === "pause" || (old.schedulePausedAt !== null && asked !== "resume") };
}

type Version = NonNullable<Awaited<ReturnType<typeof findVersion>>>;

/** What is another than it was; the rest stays. */
export type Terms = { inputs: InputValues; leaveOut?: string[]; profileIds?: string[] | undefined; schedule?: Schedule | undefined };

/** What is deployed in its place, and which profiles keep it from being that, as they are not there. */
export async function planReplacement(ctx: Context, old: Old, version: Version, { inputs, leaveOut = [], profileIds, schedule }: Terms) {
  const { projectId, runnerId } = old;
  const { inputs: declared } = version.content as unknown as Recording;
  const kept = Object.entries(old.inputs as InputValues).filter(([name]) => declaredInput(declared, name) && !leaveOut.includes(name));
  const wanted = [...new Set(profileIds ?? old.profileIds)];
  const there = await ctx.db.profile.findMany({
    where: { id: { in: wanted }, projectId, deletedAt: null },
    select: { id: true, name: true },
  });
  const byId = new Map(there.map((profile) => [profile.id, profile]));
  const profiles = wanted.flatMap((profileId) => byId.get(profileId) ?? []);
  // those that were deleted meanwhile are left out, unless somebody asks for them now
  const missing = profileIds ? wanted.filter((profileId) => !byId.has(profileId)) : profiles.length === 0 ? wanted : [];
  const asked = {
    projectId,
    workflowId: old.workflowVersion.workflowId,
    version: version.number,
    runnerId,
    profileIds: profiles.map((profile) => profile.id),
    inputs: { ...Object.fromEntries(kept), ...inputs },
    schedule: schedule ?? scheduleSchema.parse(old.schedule),
  };
  return { version, asked, profiles, missing, declared: inputsToDeploy(declared, asked.schedule) };
}

/** @throws AppError NOT_FOUND with `details.profileIds` when none of its profiles is there any more, or one that somebody asks for is not */
export function requireProfiles({ missing, profiles }: Pick<Replacement, "missing" | "profiles">): void {
  if (missing.length > 0 || profiles.length === 0) throw new AppError("NOT_FOUND", { details: { what: "profile", profileIds: missing } });
}

type Replacement = Awaited<ReturnType<typeof planReplacement>>;

/** What takes its place, for whoever signs that. */
export function showReplacement(
  { old, isPaused }: FoundSchedule,
  { version, asked, profiles }: Replacement,
  inputs: InputValues,
): ScheduleRenewal {
  const { projectId, runnerId, workflowId, schedule } = asked;
  return {
    deploymentId: old.id,
    projectId,
    runnerId,
    workflowId,
    workflowName: version.workflow.name,
    version: version.number,
    profiles,
    inputs,
    schedule,
    paused: isPaused,
    replacedById: old.replacedById,
  };
}

type Given = Pick<z.output<typeof renewScheduleInput>, "newId" | "signedRemoval" | "signedPause">;

/**
 * Has what `makeReady` makes take a schedule's place; messages come in at the same address, and one that is paused stays so. The old one is
 * asked to end, and stays where the runner refuses the new one (but where the end was signed without a `newId`). Where something has its
 * place already, only the end of the old one is left; `refused` did not take it, as its runner refused that.
 * @throws AppError CONFLICT when somebody else does the same or `newId` is taken, and what createDeployment and removeSchedule throw
 */
export async function replaceSchedule(
  ctx: Context,
  { old, isPaused }: FoundSchedule,
  given: Given,
  makeReady: () => Promise<ReadyDeployment>,
  refused?: string,
): Promise<DeploymentView> {
  const { signedRemoval, signedPause } = given;
  const { id, projectId, runnerId } = old;
  const before = refused ? null : old.replacedById;
  if (given.newId && before && given.newId !== before) throw new AppError("CONFLICT");
  const named = before ?? given.newId;
  // what would be refused after the new one is there
  const end = { deploymentId: id, ...(given.newId ? { successorId: given.newId } : {}) };
  await checkOrder(ctx, { projectId, runnerId, signed: signedRemoval, command: "schedule.remove", payload: end });
  // nobody can sign for the pause of what has no name yet
  const pause = { deploymentId: named ?? "", paused: true };
  if (isPaused) await checkOrder(ctx, { projectId, runnerId, signed: signedPause, command: "schedule.pause", payload: pause });
  const newId = before ?? (await write(ctx, old, await makeReady(), given.newId));
  if (isPaused) await pauseSchedule(ctx, { id: newId, paused: true, signedManifest: signedPause });
  const isNamed = given.newId !== undefined || signedRemoval === undefined;
  await endReplaced(ctx, { id, signedManifest: signedRemoval, ...(isNamed && { successorId: newId }) });
  return showDeployment(ctx, newId);
}

async function write(ctx: Context, old: Old, ready: ReadyDeployment, newId: string | undefined): Promise<string> {
  const { projectId, runnerId } = old;
  await limitCommands(ctx, { projectId, runnerId, count: ready.commands });
  if (newId && (await ctx.db.deployment.count({ where: { id: newId } })) > 0) throw new AppError("CONFLICT");
  return ctx.db.$transaction(async (tx) => {
    // the address went to the one that was refused
    const replaces = old.replacedById ?? old.id;
    const { id: replacedById } = await writeDeployment(tx, ctx, ready, { id: newId, replaces });
    const replaced = await tx.deployment.updateMany({
      where: { id: old.id, replacedById: old.replacedById, scheduleRemovedAt: null },
      data: { replacedById },
    });
    if (replaced.count === 0) throw new AppError("CONFLICT");
    return replacedById;
  });
}
