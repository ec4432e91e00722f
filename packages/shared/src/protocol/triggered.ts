import * as z from "zod";
import { id } from "../schemas/common.ts";

/** A value that came with what began a run; secrets never come this way. */
export const triggerValues = z.record(z.string().max(80), z.union([z.string().max(20_000), z.number(), z.boolean()]));
export type TriggerValues = z.infer<typeof triggerValues>;

/** What began a run. `chain`: the deployments whose runs led to it, the first first; so that none begins itself again. */
export const triggered = z.object({ firingId: id, inputs: triggerValues, chain: z.array(id).max(20).optional() });
export type Triggered = z.infer<typeof triggered>;

/** How long a chain of runs that begin each other may be. */
export const LONGEST_CHAIN = 10;
