import type { DeploymentView, InputValues } from "@deskhand/shared/schemas/deployment";
import type { renewScheduleInput, ScheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { readInputs, sayOfMissing } from "./read-inputs.ts";
import { findVersion, readyDeployment } from "./ready-deployment.ts";
import {
  type FoundSchedule,
  findSchedule,
  type Old,
  planReplacement,
  replaceSchedule,
  requireProfiles,
  showReplacement,
} from "./replace-schedule.ts";

/**
 * Has the latest version of a workflow take the place of the one that a schedule runs: on the same profiles (but those that were deleted), at
 * the same times, with the same inputs where the version has them still; see {@link replaceSchedule}. Asked again after a failure, it goes on
 * where it stopped.
 * @throws AppError NOT_FOUND as pauseSchedule and for one that was asked to end, WORKFLOW_UNCHANGED with `details.version` when it runs the latest, CONFLICT when somebody
 * else does the same or `newId` is taken, INPUT_MISSING for an input that is new, and what createDeployment and removeSchedule throw
 */
export async function renewSchedule(ctx: Context, input: z.output<typeof renewScheduleInput>): Promise<DeploymentView> {
  const found = await findRenewable(ctx, input.id);
  return replaceSchedule(ctx, found, input, async () => {
    const { asked, version } = await plan(ctx, found.old, input.inputs);
    const signed = input.signedManifest && { signedManifest: input.signedManifest };
    return readyDeployment(ctx, { ...asked, ...signed }, version).catch((error) => sayOfMissing(error, isNew(version)));
  });
}

/**
 * What {@link renewSchedule} would do, for whoever signs that.
 * @throws AppError as renewSchedule does, but for what it says of signatures and of times that have passed
 */
export async function getRenewal(ctx: Context, { id }: { id: string }): Promise<ScheduleRenewal> {
  const found = await findRenewable(ctx, id);
  const renewal = await plan(ctx, found.old, {});
  const { asked, declared, version } = renewal;
  // the one that is there has its own
  if (found.old.replacedById) return showReplacement(found, renewal, {});
  try {
    return showReplacement(found, renewal, readInputs(declared, asked.inputs));
  } catch (error) {
    return sayOfMissing(error, isNew(version));
  }
}

/** What to say of an input that is missing. */
function isNew({ number }: { number: number }): string {
  return `It is new in version ${number}: deploy that with it, then end this schedule.`;
}

/** @throws AppError NOT_FOUND */
async function findRenewable(ctx: Context, id: string): Promise<FoundSchedule> {
  const found = await findSchedule(ctx, id);
  // one that somebody ends has no place to take
  if (found.asked === "remove" && found.old.replacedById === null) throw new AppError("NOT_FOUND");
  return found;
}

async function plan(ctx: Context, old: Old, inputs: InputValues) {
  const { workflowId, number } = old.workflowVersion;
  const version = await findVersion(ctx, old.projectId, workflowId, undefined);
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  if (version.number <= number) throw new AppError("WORKFLOW_UNCHANGED", { details: { version: version.number } });
  const renewal = await planReplacement(ctx, old, version, { inputs });
  requireProfiles(renewal);
  return renewal;
}
