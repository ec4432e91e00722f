import type { DeploymentView, InputValues } from "@deskhand/shared/schemas/deployment";
import type { renewScheduleInput } from "@deskhand/shared/schemas/older-schedules";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { declaredInput } from "@deskhand/shared/schemas/recording-inputs";
import { schedule as scheduleSchema } from "@deskhand/shared/schemas/schedule";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { checkManifest } from "@/server/domain/signing-key/check-manifest";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { endReplaced, pauseSchedule } from "./change-schedule.ts";
import { showDeployment } from "./queries.ts";
import { sayOfMissing } from "./read-inputs.ts";
import { findVersion, readyDeployment, writeDeployment } from "./ready-deployment.ts";
import { orderUnderWay } from "./view.ts";

/**
 * Has the latest version of a workflow take the place of the one that a schedule runs: on the same profiles (but those that were deleted), at
 * the same times, with the same inputs where the version has them still. Messages come in at the same address. One that is paused stays so.
 * The old one is asked to end, and stays where the runner refuses the new one; asked again after a failure, it goes on where it stopped.
 * @throws AppError NOT_FOUND as pauseSchedule and for one that was asked to end, WORKFLOW_UNCHANGED with `details.version` when it runs the latest, CONFLICT when somebody
 * else does the same, INPUT_MISSING for an input that is new, and what createDeployment and removeSchedule throw
 */
export async function renewSchedule(ctx: Context, input: z.output<typeof renewScheduleInput>): Promise<DeploymentView> {
  const { id, signedRemoval } = input;
  const old = await ctx.db.deployment.findUnique({
    where: { id, scheduleRemovedAt: null },
    include: { workflowVersion: { select: { workflowId: true, number: true } } },
    omit: { workflows: true, signedManifest: true },
  });
  const asked = old && orderUnderWay(old);
  // one that somebody ends has no place to take
  if (!old || old.schedule === null || (asked === "remove" && old.replacedById === null)) throw new AppError("NOT_FOUND");
  const { projectId, runnerId } = old;
  await authorize(ctx, projectId, "run.write");
  // what would be refused after the new one is there
  await checkOrder(ctx, { projectId, runnerId, signed: signedRemoval, command: "schedule.remove", payload: { deploymentId: id } });
  const isPaused = asked === "pause" || (old.schedulePausedAt !== null && asked !== "resume");
  // nobody can sign for the pause of what is not there yet
  if (isPaused) await checkManifest(ctx, { projectId, runnerId, signed: undefined });
  const newId = old.replacedById ?? (await replace(ctx, old, input));
  if (isPaused) await pauseSchedule(ctx, { id: newId, paused: true });
  await endReplaced(ctx, { id, signedManifest: signedRemoval, successorId: newId });
  return showDeployment(ctx, newId);
}

type Old = {
  id: string;
  projectId: string;
  runnerId: string;
  profileIds: string[];
  inputs: unknown;
  schedule: unknown;
  workflowVersion: { workflowId: string; number: number };
};

async function replace(ctx: Context, old: Old, given: z.output<typeof renewScheduleInput>): Promise<string> {
  const { projectId, runnerId } = old;
  const { workflowId } = old.workflowVersion;
  const version = await findVersion(ctx, projectId, workflowId, undefined);
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  if (version.number <= old.workflowVersion.number) throw new AppError("WORKFLOW_UNCHANGED", { details: { version: version.number } });
  const { inputs: declared } = version.content as unknown as Recording;
  const kept = Object.entries(old.inputs as InputValues).filter(([name]) => declaredInput(declared, name));
  const there = await ctx.db.profile.findMany({ where: { id: { in: old.profileIds }, deletedAt: null }, select: { id: true } });
  const isThere = new Set(there.map((profile) => profile.id));
  const profileIds = old.profileIds.filter((profileId) => isThere.has(profileId));
  if (profileIds.length === 0) throw new AppError("NOT_FOUND", { details: { what: "profile", profileIds: old.profileIds } });
  const asked = {
    projectId,
    workflowId,
    version: version.number,
    runnerId,
    profileIds,
    inputs: { ...Object.fromEntries(kept), ...given.inputs },
    schedule: scheduleSchema.parse(old.schedule),
    ...(given.signedManifest && { signedManifest: given.signedManifest }),
  };
  const isNew = `It is new in version ${version.number}: deploy that with it, then end this schedule.`;
  const ready = await readyDeployment(ctx, asked, version).catch((error) => sayOfMissing(error, isNew));
  await limitCommands(ctx, { projectId, runnerId, count: ready.commands });
  return ctx.db.$transaction(async (tx) => {
    const { id: replacedById } = await writeDeployment(tx, ctx, ready, { replaces: old.id });
    const replaced = await tx.deployment.updateMany({
      where: { id: old.id, replacedById: null, scheduleRemovedAt: null },
      data: { replacedById },
    });
    if (replaced.count === 0) throw new AppError("CONFLICT");
    return replacedById;
  });
}
