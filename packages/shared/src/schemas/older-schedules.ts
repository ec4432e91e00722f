import * as z from "zod";
import { id } from "./common.ts";
import { deploymentSchedule, inputValues } from "./deployment.ts";
import { signedManifest } from "./manifest.ts";

/** A schedule or trigger that is not over and runs another version than the newest. */
export const olderSchedule = z.object({
  deploymentId: id,
  workflowId: id,
  workflowName: z.string(),
  version: z.number().int(),
  /** What it could run. */
  newest: z.number().int(),
  runnerId: id,
  runnerName: z.string(),
  /** Its runner takes only what a person signed. */
  signaturesRequired: z.boolean(),
  /** The deployment that took its place: this one ends when its runner has heard of that. Null while none did. */
  replacedById: id.nullable(),
  schedule: deploymentSchedule,
});
export type OlderSchedule = z.infer<typeof olderSchedule>;
export const olderScheduleList = z.object({ items: z.array(olderSchedule) });

/**
 * Deploys a schedule's workflow in its latest version, on the same profiles, at the same times, with the same inputs, and ends the one
 * that there was. `inputs` are given besides those, or in their place. `signedManifest`: a `deploy` manifest of the new one;
 * `signedRemoval`: an `order` over the `schedule.remove` of the old one.
 */
export const renewScheduleInput = z.object({
  id,
  inputs: inputValues.default({}),
  signedManifest: signedManifest.optional(),
  signedRemoval: signedManifest.optional(),
});
