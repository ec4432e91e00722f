import * as z from "zod";
import { id } from "../schemas/common.ts";
import { firingReason, firingState } from "../schemas/schedule.ts";

/** Most firings, and most runs of them together, in one report. */
export const FIRINGS_PER_REPORT = 50;
export const RUNS_PER_REPORT = 1000;

/** The runner's clock, milliseconds since the epoch. */
const at = z.number().int().min(0);

/** What became of a time of a schedule, decided by the runner. Several that were missed in a row are one, with their number. */
export const firing = z.object({
  id,
  deploymentId: id,
  /** When it was due; of several, the first. */
  dueAt: at,
  /** When it was decided. */
  at,
  state: firingState,
  reason: firingReason.nullable(),
  count: z.number().int().min(1),
  /** Runs that the runner began by itself: their events come as those of any run, under this lease. */
  runs: z.array(z.object({ runId: id, commandId: id, leaseToken: id, profileId: id })).max(1000),
});
export type Firing = z.infer<typeof firing>;

/** Runner to server; answered by a receipt once all of it is stored. The same id again is the same firing. */
export const firingReport = z.object({ v: z.literal(1), firings: z.array(firing).min(1).max(FIRINGS_PER_REPORT) });
export type FiringReport = z.infer<typeof firingReport>;
