import * as z from "zod";
import { id, inProject, instant, pageInput, pageOf } from "./common.ts";
import { deploymentSchedule, firingView } from "./deployment.ts";
import { firingReason, firingState } from "./schedule.ts";

/** A deployment that something begins: a message, the end of another workflow's run, or the start of its runner. */
export const triggerView = z.object({
  deploymentId: id,
  projectId: id,
  workflowId: id,
  workflowName: z.string(),
  version: z.number().int(),
  runnerId: id,
  runnerName: z.string(),
  createdAt: instant,
  schedule: deploymentSchedule,
  /** What `after` comes after; null for the others, and when that was deleted. */
  afterWorkflowName: z.string().nullable(),
  lastFiring: firingView
    .omit({ runIds: true })
    .extend({ runIds: z.array(id) })
    .nullable(),
  /** Of a webhook only. */
  webhook: z
    .object({
      id,
      url: z.string(),
      /** Nothing is taken without. */
      hasSecret: z.boolean(),
      disabledAt: instant.nullable(),
      lastCalledAt: instant.nullable(),
      /** The code of the last refusal, and when that was. */
      lastRefusal: z.string().nullable(),
      lastRefusedAt: instant.nullable(),
    })
    .nullable(),
});
export type TriggerView = z.infer<typeof triggerView>;
export const triggerPage = pageOf(triggerView);
export const listTriggersInput = inProject.extend({ ...pageInput.shape, deploymentId: id.optional(), workflowId: id.optional() });

/** `id` is that of the webhook. */
export const changeTriggerInput = z.object({ id, enabled: z.boolean() });
export const triggerWithSecret = triggerView.extend({ secret: z.string() });

/** What a message that was taken is answered with (202). `runIds` is empty when nothing began, and `reason` says why. */
export const triggerAnswer = z.object({
  firingId: id,
  state: firingState,
  reason: firingReason.nullable(),
  runId: id.nullable(),
  runIds: z.array(id),
  /** The message came before: this is what it began then. */
  repeated: z.boolean(),
});
export type TriggerAnswer = z.infer<typeof triggerAnswer>;
