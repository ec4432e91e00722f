import * as z from "zod";
import { id, inProject, instant, pageInput, pageOf } from "./common.ts";
import { signedManifest } from "./manifest.ts";
import { refusalView } from "./runner.ts";
import { stepView } from "./workflow.ts";

/**
 * queued: waits for its runner · leased: was sent · accepted: the runner has it in its journal · running · and four ends.
 */
export const commandState = z.enum(["queued", "leased", "accepted", "running", "succeeded", "failed", "cancelled", "expired"]);
export type CommandState = z.infer<typeof commandState>;

export const finalStates = ["succeeded", "failed", "cancelled", "expired"] as const satisfies readonly CommandState[];

export function isFinal(state: string): boolean {
  return (finalStates as readonly string[]).includes(state);
}

export const artifactType = z.enum(["screenshot", "trace", "download", "result", "log"]);
export type ArtifactType = z.infer<typeof artifactType>;

/** Metadata only: the content stays on the runner and is fetched through /api/v1/artifacts/{id}/content. */
export const artifactView = z.object({
  id,
  runId: id,
  type: artifactType,
  name: z.string(),
  stepIndex: z.number().int().nullable(),
  bytes: z.number().int(),
  sha256: z.string(),
  contentType: z.string(),
  createdAt: instant,
});
export type ArtifactView = z.infer<typeof artifactView>;

export const runStepState = z.enum(["pending", "running", "succeeded", "failed", "skipped"]);

export const runStepView = stepView.extend({
  state: runStepState,
  startedAt: instant.nullable(),
  durationMs: z.number().int().nullable(),
  failureCode: z.string().nullable(),
});
export type RunStepView = z.infer<typeof runStepView>;

export const runView = z.object({
  id,
  projectId: id,
  deploymentId: id,
  workflowId: id,
  workflowName: z.string(),
  version: z.number().int(),
  runnerId: id,
  runnerName: z.string(),
  runnerOnline: z.boolean(),
  /** The runner's policy lets no run begin now: it is paused, or in quiet hours until then. */
  runnerPaused: z.boolean().default(false),
  runnerPausedByProject: z.boolean().default(false),
  runnerQuietUntil: instant.nullable().default(null),
  profileId: id,
  profileName: z.string(),
  state: commandState,
  failureCode: z.string().nullable(),
  failureStep: z.number().int().nullable(),
  cancelRequestedAt: instant.nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});
export type RunView = z.infer<typeof runView>;
export const runPage = pageOf(runView);

/** `revision` changes whenever the run does; it means nothing else. */
export const runDetail = runView.extend({
  revision: z.string(),
  /** Of what its deployment was signed with: what a rerun refers to. Null when nobody signed it. */
  manifestId: id.nullable().default(null),
  steps: z.array(runStepView),
  artifacts: z.array(artifactView),
  /** What the runner's policy refused in it, the most frequent first. */
  refusals: z.array(refusalView).default([]),
});
export type RunDetail = z.infer<typeof runDetail>;

/** `signedManifest`: a `rerun` manifest; a runner that demands signatures does nothing without. */
export const rerunInput = z.object({ id, signedManifest: signedManifest.optional() });

/** With `wait`, the answer comes when the run is another than at revision `after`, or after that many seconds (at most 25). */
export const getRunInput = z.object({ id, after: z.string().max(100).optional(), wait: z.coerce.number().int().min(0).max(25).default(0) });

export const listRunsInput = inProject.extend({
  ...pageInput.shape,
  state: z.enum([...commandState.options, "active"]).optional(),
  workflowId: id.optional(),
  profileId: id.optional(),
  runnerId: id.optional(),
});

export const logLine = z.object({
  seq: z.number().int(),
  at: instant,
  step: z.number().int().nullable(),
  level: z.enum(["debug", "info", "warn", "error"]),
  message: z.string(),
});
export type LogLine = z.infer<typeof logLine>;

/** Log lines after `after` (0 for all), at most 1,000, read from the runner at the moment of asking. */
export const runLogInput = z.object({ id, after: z.coerce.number().int().min(0).default(0) });
export const runLogView = z.object({ lines: z.array(logLine), more: z.boolean() });
