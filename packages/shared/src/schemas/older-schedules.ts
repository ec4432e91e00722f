import * as z from "zod";
import { id } from "./common.ts";
import { deploymentSchedule, inputValues, profileIds } from "./deployment.ts";
import { signedManifest } from "./manifest.ts";
import { schedule } from "./schedule.ts";

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
 * What takes a schedule's place when it is renewed, or what it has now, from which a change of it starts: what a person who signs that has to
 * know of it.
 */
export const scheduleRenewal = z.object({
  /** The one whose place is taken. */
  deploymentId: id,
  projectId: id,
  runnerId: id,
  workflowId: id,
  workflowName: z.string(),
  /** The latest when it is renewed, else its own. */
  version: z.number().int(),
  /** Those that are there still. */
  profiles: z.array(z.object({ id, name: z.string() })),
  /** Those that the version still has, with its defaults; secrets as they are sealed to the runner. */
  inputs: inputValues,
  schedule,
  /** It is paused, and what takes its place is so too. */
  paused: z.boolean(),
  /** What has taken its place already: only the end of this one is left. */
  replacedById: id.nullable(),
});
export type ScheduleRenewal = z.infer<typeof scheduleRenewal>;

/**
 * Deploys a schedule's workflow in its latest version, on the same profiles, at the same times, with the same inputs, and ends the one
 * that there was where the runner has the new one. `inputs` are given besides those, or in their place. Who signs says what the new one is
 * called (`newId`), and signs a `deploy` manifest of it (`signedManifest`), an `order` over the `schedule.remove` of the old one
 * (`signedRemoval`; with `newId` as its `successorId` where that is given), and over the `schedule.pause` of the new one where the old one is
 * paused (`signedPause`).
 */
export const renewScheduleInput = z.object({
  id,
  inputs: inputValues.default({}),
  newId: id.optional(),
  signedManifest: signedManifest.optional(),
  signedRemoval: signedManifest.optional(),
  signedPause: signedManifest.optional(),
});

/**
 * Deploys a schedule anew with what is given, and ends the one that there was where the runner has the new one. What is not given stays as it
 * was. `inputs` are given in the place of those that it has or besides them; of those that it has, `leaveOut` names some that it gets no more.
 * Who signs does it as for renewing: see {@link renewScheduleInput}.
 */
export const changeScheduleInput = renewScheduleInput.extend({
  /** The version's number. */
  version: z.number().int().min(1).optional(),
  /** All must live on the schedule's runner. */
  profileIds: profileIds.optional(),
  schedule: schedule.optional(),
  leaveOut: z.array(z.string().max(80)).max(100).default([]),
});
