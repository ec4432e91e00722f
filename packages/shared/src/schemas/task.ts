import * as z from "zod";
import { id, instant } from "./common.ts";
import { commandState } from "./run.ts";

/** What was asked of a runner, and what came of it. */
export const taskView = z.object({
  id,
  runnerId: id,
  kind: z.string(),
  state: commandState,
  failureCode: z.string().nullable(),
  /** What it found or made: names, counts, sizes, timings and codes. */
  result: z.record(z.string(), z.unknown()).nullable(),
  createdAt: instant,
  finishedAt: instant.nullable(),
});
export type TaskView = z.infer<typeof taskView>;
