import type { DeploymentView, InputValues } from "@deskhand/shared/schemas/deployment";
import type { changeScheduleInput, ScheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { contentHash } from "@/server/domain/workflow/content-hash";
import { AppError } from "@/server/errors";
import { findVersion, type ReadyDeployment, readyDeployment } from "./ready-deployment.ts";
import {
  type FoundSchedule,
  findSchedule,
  type Old,
  planReplacement,
  replaceSchedule,
  requireProfiles,
  showReplacement,
  type Terms,
} from "./replace-schedule.ts";

/**
 * Has a deployment with other times, rules, inputs, profiles or another version take a schedule's place; what is not given stays as it was,
 * sealed inputs too. See replaceSchedule. Asked again with the same `newId` after a failure, it goes on where it stopped.
 * @throws AppError NOT_FOUND as pauseSchedule, INVALID_INPUT when all would stay as it is, CONFLICT with words while its runner has not
 * answered what it was asked and when another has its place, and what createDeployment and removeSchedule throw
 */
export async function changeTerms(ctx: Context, input: z.output<typeof changeScheduleInput>): Promise<DeploymentView> {
  const found = await findSchedule(ctx, input.id);
  const { old } = found;
  const refused = await refusedSuccessor(ctx, old);
  await checkChangeable(ctx, found, { goesOn: input.newId === old.replacedById, refused });
  return replaceSchedule(ctx, found, input, () => ready(ctx, old, input), refused);
}

/** What a change of a schedule starts from, for whoever signs what becomes of it. @throws AppError NOT_FOUND as pauseSchedule */
export async function getTerms(ctx: Context, { id }: { id: string }): Promise<ScheduleRenewal> {
  const found = await findSchedule(ctx, id);
  const { old } = found;
  const replacedById = (await refusedSuccessor(ctx, old)) ? null : old.replacedById;
  const terms = await plan(ctx, old, { inputs: {} });
  return showReplacement({ ...found, old: { ...old, replacedById } }, terms, old.inputs as InputValues);
}

async function ready(ctx: Context, old: Old, input: z.output<typeof changeScheduleInput>): Promise<ReadyDeployment> {
  const replacement = await plan(ctx, old, input, input.version);
  requireProfiles(replacement);
  const { asked, version } = replacement;
  const ready = await readyDeployment(ctx, { ...asked, ...(input.signedManifest && { signedManifest: input.signedManifest }) }, version);
  const { profileIds, inputs, schedule } = ready;
  const { workflowVersion } = old;
  const before = { version: workflowVersion.number, profileIds: old.profileIds, inputs: old.inputs, schedule: old.schedule };
  if (contentHash({ version: version.number, profileIds, inputs, schedule }) === contentHash(before)) {
    throw new AppError("INVALID_INPUT", { userMessage: "Nothing of the schedule would change." });
  }
  return ready;
}

async function plan(ctx: Context, old: Old, terms: Terms, number = old.workflowVersion.number) {
  const version = await findVersion(ctx, old.projectId, old.workflowVersion.workflowId, number);
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  return planReplacement(ctx, old, version, terms);
}

/** What was to take its place and was refused by the runner: the place is free. */
async function refusedSuccessor(ctx: Context, { replacedById }: Old): Promise<string | undefined> {
  if (replacedById === null) return undefined;
  const where = { id: replacedById, scheduleInstalledAt: null, scheduleFailureCode: { not: null } };
  return (await ctx.db.deployment.findUnique({ where, select: { id: true } }))?.id;
}

const asks = { pause: "to pause it", resume: "to go on with it", remove: "to end it" } as const;

async function checkChangeable(
  ctx: Context,
  { old, asked }: FoundSchedule,
  { goesOn, refused }: { goesOn: boolean; refused: string | undefined },
) {
  const { id, projectId, replacedById } = old;
  if (replacedById !== null && !refused) {
    if (goesOn) return;
    throw conflict("Another has its place already. Change that one.", { replacedById });
  }
  if (asked) throw conflict(`Its runner was asked ${asks[asked]} and has not answered yet. Change it once it has.`, { asked });
  if (old.scheduleFailureCode === null || old.scheduleInstalledAt !== null) return;
  const before = await ctx.db.deployment.findFirst({
    where: { projectId, replacedById: id, scheduleRemovedAt: null },
    select: { id: true },
  });
  if (before)
    throw conflict("Its runner refused it, so the one before it is still in its place. Change that one.", { replaces: before.id });
}

function conflict(userMessage: string, details: object): AppError {
  return new AppError("CONFLICT", { userMessage, details });
}
