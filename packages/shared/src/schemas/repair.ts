import * as z from "zod";
import { id } from "./common.ts";
import { olderSchedule } from "./older-schedules.ts";
import { selectorsSchema } from "./step-parts.ts";
import { workflowVersionView } from "./workflow.ts";

/**
 * What a runner keeps of a step that did not find its element, as an artifact named `step-NNN-repair.json` beside the picture
 * `step-NNN-repair.jpg`: the elements that are most like what the step's selectors say.
 */
export const repairFile = z.object({
  version: z.literal(1),
  /** 0-based, of the whole document */
  step: z.int().min(0),
  /** px, of the page's window: what boxes and picture are measured in */
  window: z.object({ width: z.number(), height: z.number() }),
  tried: z.array(z.object({ selector: z.string(), why: z.string() })),
  /** the likeliest first; their boxes in the picture are numbered from 1 */
  candidates: z.array(
    z.object({
      /** 0 to 1 */
      score: z.number(),
      role: z.string(),
      name: z.string(),
      tag: z.string(),
      box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
      selectors: z.array(z.string()).min(1),
    }),
  ),
});
export type RepairFile = z.infer<typeof repairFile>;

/** The name of a step's repair artifacts, without the ending. */
export function repairName(step: number): string {
  return `step-${String(step + 1).padStart(3, "0")}-repair`;
}

/** Makes a new version in which this step of the run's version looks for these first; a draft of a workflow that has tests. */
export const repairStepInput = z.object({ id, step: z.int().min(0).max(10_000), selectors: selectorsSchema.max(5) });

/** The new version of the run's own workflow, and what else came of it. */
export const repairedStep = workflowVersionView.extend({
  /** All versions that were made: of the workflow that the step is in first, of the run's own last. */
  versions: z.array(z.object({ workflowId: id, workflowName: z.string(), number: z.number().int(), draft: z.boolean() })),
  /** What still runs older versions of these workflows by itself. */
  schedules: z.array(olderSchedule),
});
export type RepairedStep = z.infer<typeof repairedStep>;
