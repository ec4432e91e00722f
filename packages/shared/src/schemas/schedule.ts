import * as z from "zod";
import { id, instant } from "./common.ts";

/**
 * Which inputs what begins a run may set, and where their values stand in what it brings (a message's JSON, a run's result):
 * `order.items[0].name`. No others may be set, and no secret ones.
 */
export const triggerInputs = z
  .record(
    z
      .string()
      .max(80)
      .regex(/^[A-Za-z]\w*$/, "Letters, digits and _, starting with a letter."),
    z
      .string()
      .max(200)
      .regex(/^[^.[\]\s]+(?:\.[^.[\]\s]+|\[\d{1,6}\])*$/, "A path such as order.items[0].name."),
  )
  .refine((inputs) => Object.keys(inputs).length <= 50, "At most 50 inputs.");
export type TriggerInputs = z.infer<typeof triggerInputs>;

/** Kinds that have no times of their own. */
export function isTrigger({ kind }: ScheduleWhen): boolean {
  return kind === "start" || kind === "webhook" || kind === "after";
}

/** When a deployment runs by itself. */
export const scheduleWhen = z.discriminatedUnion("kind", [
  /** A cron expression of five fields, by the wall clock of an IANA time zone. */
  z.strictObject({
    kind: z.literal("cron"),
    cron: z.string().trim().min(1, "Give a cron expression.").max(120),
    timeZone: z.string().max(60),
  }),
  /** From the instant that it was installed on; daylight saving means nothing to it. */
  z.strictObject({ kind: z.literal("every"), minutes: z.number().int().min(1).max(527_040) }),
  z.strictObject({ kind: z.literal("once"), at: instant }),
  /** Each time that the runner's program starts. */
  z.strictObject({ kind: z.literal("start") }),
  /** When a signed message comes to the server for it; the runner begins no more than so many in an hour. */
  z.strictObject({ kind: z.literal("webhook"), inputs: triggerInputs, perHour: z.number().int().min(1).max(3600) }),
  /** When a run of this workflow on the same runner ends so. `sameProfile`: only on the profile that it was on. */
  z.strictObject({
    kind: z.literal("after"),
    workflowId: id,
    on: z.enum(["success", "failure", "either"]),
    inputs: triggerInputs,
    sameProfile: z.boolean(),
  }),
]);
export type ScheduleWhen = z.infer<typeof scheduleWhen>;

export const schedule = z.strictObject({
  when: scheduleWhen,
  /** Each firing waits a part of this, its own, so that many do not begin in the same second. */
  jitterSeconds: z.number().int().min(0).max(3600).default(0),
  /** When the runs of the last firing are not over: pass this one over, begin after them, or end them. */
  overlap: z.enum(["skip", "queue", "cancel-old"]).default("skip"),
  /** For the times at which the computer was off or asleep. */
  missed: z
    .discriminatedUnion("policy", [
      z.strictObject({ policy: z.literal("skip") }),
      z.strictObject({ policy: z.literal("run-once") }),
      /** The newest of them, at most this many. */
      z.strictObject({ policy: z.literal("catch-up"), limit: z.number().int().min(1).max(100) }),
    ])
    .default({ policy: "skip" }),
});
export type Schedule = z.infer<typeof schedule>;

/** What became of one time of a schedule. */
export const firingState = z.enum(["fired", "skipped", "missed"]);
/** Why it did not fire, or fired late, or at no time of its own. */
export const firingReason = z.enum([
  "BY_HAND",
  "RUNNER_OFF",
  "RUNNER_ASLEEP",
  "CAUGHT_UP",
  "STILL_RUNNING",
  "QUEUE_FULL",
  "PAUSED",
  "LOOP",
  "INPUTS_WRONG",
  "NOT_INSTALLED",
  "NOT_ALLOWED",
]);
export type FiringReason = z.infer<typeof firingReason>;
