import * as z from "zod";
import { id, inProject } from "./common.ts";

/** The days that a person sees end where they are, so their time zone is asked for. */
const timeZone = z
  .string()
  .max(60)
  .refine((name) => {
    try {
      return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
    } catch {
      return false;
    }
  }, "Not a time zone.");

export const runInsightsInput = inProject.extend({
  workflowId: id.optional(),
  days: z.coerce.number().int().min(1).max(90).default(30),
  timeZone: timeZone.default("UTC"),
});

const counts = {
  /** YYYY-MM-DD */
  day: z.iso.date(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  /** Cancelled, or never begun in time. */
  other: z.number().int(),
};

/** Runs that have ended, by the day on which they were asked for, newest day last. Days without any are left out. */
export const runInsights = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  /** By workflow and day. */
  cells: z.array(z.object({ ...counts, workflowId: id, workflowName: z.string() })),
  /** All of them by day, with how long those that succeeded took, ms; null where none did. */
  days: z.array(z.object({ ...counts, p50: z.number().nullable(), p95: z.number().nullable() })),
});
export type RunInsights = z.infer<typeof runInsights>;
