import * as z from "zod";
import { errorCodes } from "../error-codes.ts";
import { id } from "../schemas/common.ts";
import { inputValues } from "../schemas/deployment.ts";
import { embeddedWorkflows } from "../schemas/embedded-workflows.ts";
import { signedManifest } from "../schemas/manifest.ts";
import { requestedBy } from "./requested-by.ts";
import { taskKinds } from "./task-kinds.ts";
import { triggered } from "./triggered.ts";

export const runStartPayload = z.object({
  requestedBy,
  /** What people call these, for the runner's own page; nothing is decided by it. Absent from older servers. */
  names: z.object({ workflow: z.string().max(200), profile: z.string().max(200) }).optional(),
  runId: id,
  profileId: id,
  workflowVersionId: id,
  /** For a fair turn of each deployment on the runner; nothing else is decided by it. Absent from older servers. */
  deploymentId: id.optional(),
  /** The recording; parsed again on the runner before anything is done. */
  recording: z.record(z.string(), z.unknown()),
  /** Other workflows that it runs, which its content names by their hashes. */
  workflows: embeddedWorkflows.optional(),
  /** The test of the recording whose expectations its result has to meet. */
  test: z.string().max(100).optional(),
  /** It waits at its end for a person, and what they do is recorded. Absent from older servers. */
  record: z.boolean().optional(),
  /** In a window on the runner's screen; with `record` only. */
  window: z.boolean().optional(),
  /** Its steps are not carried out: a person tries a draft of it, step by step. Absent from older servers. */
  trial: z.boolean().optional(),
  /** Secret inputs are sealed to the runner's age identity. */
  inputs: inputValues,
  /** Which workflow the version is of. Absent from older servers. */
  workflowId: id.optional(),
  /** What began it, when that was neither a person nor a time: values for the inputs that its schedule lets it set. */
  triggered: triggered.optional(),
  /** What the person who deployed it signed; absent when nobody did. */
  signedManifest: signedManifest.optional(),
  /** For one more run of it: that this was asked for, signed. */
  signedRerun: signedManifest.optional(),
});
export type RunStartPayload = z.infer<typeof runStartPayload>;

/** As it comes: what a kind of task asks for is read where it is done (tasks.ts). */
const taskPayload = z.looseObject({ requestedBy, profileId: id.optional(), signedManifest: signedManifest.optional() });

const envelope = {
  v: z.literal(1),
  id,
  /** Names this delivery. An answer with another token is stale and changes nothing. */
  leaseToken: id,
  /** How long the lease holds without a heartbeat, milliseconds from now. */
  leaseMs: z.number().int().positive(),
  /** A command that has not started in this many milliseconds from now is not started any more. */
  startWithinMs: z.number().int(),
};

/** Server to runner; answered by {@link commandAnswer} after the runner has it in its journal. */
export const command = z.discriminatedUnion("kind", [
  z.object({ ...envelope, kind: z.literal("run.start"), payload: runStartPayload }),
  z.object({ ...envelope, kind: z.enum(taskKinds), payload: taskPayload }),
]);
export type Command = z.infer<typeof command>;

export const commandAnswer = z.discriminatedUnion("status", [
  /** Journaled (now or before); its outcome follows as events or as `command-finished`. */
  z.object({ v: z.literal(1), status: z.literal("accepted"), leaseToken: id }),
  /** Not journaled and never will be under this token: unreadable or over the window. */
  z.object({ v: z.literal(1), status: z.literal("refused"), leaseToken: id, code: z.enum(errorCodes) }),
]);
export type CommandAnswer = z.infer<typeof commandAnswer>;

/** Server to runner, a hint; the same ids come in each heartbeat's answer until the runner confirms. */
export const cancel = z.object({ v: z.literal(1), commandIds: z.array(id).max(1000) });

/** Characters of a task's result as JSON. */
export const TASK_RESULT_MAX_LENGTH = 32_000;

/** What a task found or made: names, counts, sizes, timings and codes; never page content or a secret. */
export const taskResult = z
  .record(z.string().max(80), z.unknown())
  .refine((result) => JSON.stringify(result).length <= TASK_RESULT_MAX_LENGTH, "This is too large for a result.");
export type TaskResult = z.infer<typeof taskResult>;

/** Runner to server: the end of a command that is not a run. Repeated until it is acknowledged. */
export const commandFinished = z.object({
  v: z.literal(1),
  commandId: id,
  leaseToken: id,
  state: z.enum(["succeeded", "failed", "cancelled"]),
  failureCode: z.string().max(60).nullable(),
  result: taskResult.optional(),
});
export type CommandFinished = z.infer<typeof commandFinished>;

/** Runner to server every `heartbeatMs`: extends the leases that it names. */
export const heartbeat = z.object({
  v: z.literal(1),
  clock: z.number().int(),
  holding: z.array(z.object({ commandId: id, leaseToken: id })).max(5000),
});
export type Heartbeat = z.infer<typeof heartbeat>;

export const heartbeatAnswer = z.object({ v: z.literal(1), clock: z.number().int(), cancel: z.array(id) });
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswer>;

/** A message that was not taken. */
export const refusal = z.object({
  v: z.literal(1),
  ok: z.literal(false),
  code: z.enum(errorCodes),
  /** With RATE_LIMITED: how long to wait before the same message is sent again. */
  retryAfterMs: z.number().int().min(0).optional(),
});
export type Refusal = z.infer<typeof refusal>;

/** What comes in answer to a heartbeat: that, or why nothing was done of it. */
export const heartbeatReply = z.union([heartbeatAnswer, refusal]);

/** The answer to a message that was refused or taken without more to say. */
export const receipt = z.discriminatedUnion("ok", [z.object({ v: z.literal(1), ok: z.literal(true) }), refusal]);
export type Receipt = z.infer<typeof receipt>;
