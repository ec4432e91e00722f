import * as z from "zod";
import { id, instant, pageInput, pageOf } from "./common.ts";
import { commandState } from "./run.ts";

/** Who caused something. `name` is null for the system, and for somebody who is no longer there. */
export const causer = z.object({ kind: z.enum(["user", "apiKey", "runner", "system"]), name: z.string().nullable() });
export type Causer = z.infer<typeof causer>;

/** One line of a command's history. `from` is null for the first; a state that stays has a `reason`. */
export const commandChange = z.object({
  at: instant,
  from: commandState.nullable(),
  to: commandState,
  by: causer,
  /** A failure code, CANCEL_REQUESTED, CANCEL_CONFIRMED, ALREADY_SUCCEEDED or ALREADY_FAILED. */
  reason: z.string().nullable(),
});
export type CommandChange = z.infer<typeof commandChange>;

/** A message to a runner and what became of it. What it carries is not shown. */
export const commandView = z.object({
  id,
  runnerId: id,
  /** run.start or profile.delete. */
  kind: z.string(),
  state: commandState,
  failureCode: z.string().nullable(),
  /** How often it was sent. */
  attempts: z.number().int(),
  runId: id.nullable(),
  workflowName: z.string().nullable(),
  profileName: z.string().nullable(),
  requestedBy: causer,
  cancelRequestedAt: instant.nullable(),
  createdAt: instant,
  /** After this instant it is not started any more. */
  deadlineAt: instant,
  finishedAt: instant.nullable(),
  history: z.array(commandChange),
});
export type CommandView = z.infer<typeof commandView>;
export const commandPage = pageOf(commandView);

export const runnerActivityInput = z.object({
  id,
  ...pageInput.shape,
  limit: z.coerce.number().int().min(1).max(100).default(25),
  state: z.enum([...commandState.options, "active"]).optional(),
});
