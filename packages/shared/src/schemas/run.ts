import * as z from "zod";
import { type CommandState, commandState } from "./command-state.ts";
import { id, inProject, instant, pageInput, pageOf } from "./common.ts";
import { signedManifest, signingPublicKey } from "./manifest.ts";
import { refusalView } from "./runner.ts";
import { stepView } from "./workflow.ts";

export { type CommandState, commandState };

export const finalStates = ["succeeded", "failed", "cancelled", "expired"] as const satisfies readonly CommandState[];

export function isFinal(state: string): boolean {
  return (finalStates as readonly string[]).includes(state);
}

export const artifactType = z.enum(["screenshot", "video", "trace", "har", "download", "result", "log"]);
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

/** The workflow's own steps come first, then those of the workflows that steps of it run. */
export const runStepView = stepView.extend({
  /** What people call it: 3, or 3.2 for the second step of the workflow that step 3 runs. */
  number: z.string().default(""),
  /** Index of the step that runs the workflow it belongs to; null for the run's own. */
  caller: z.number().int().nullable().default(null),
  /** The workflow that it runs, and the number of the version; null for one that runs none, and where that is not there any more. */
  called: z.object({ workflowId: id, version: z.number().int() }).nullable().default(null),
  state: runStepState,
  startedAt: instant.nullable(),
  durationMs: z.number().int().nullable(),
  failureCode: z.string().nullable(),
  /** How often it was begun; the rest tells of the last time. */
  turns: z.number().int().default(0),
});
export type RunStepView = z.infer<typeof runStepView>;

/** What a run needs a person for: a step says so, a CAPTCHA, a code that only they get, that they record what comes next, or try a draft. */
export const personReason = z.enum(["step", "captcha", "code", "record", "trial"]);

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
  /** Who uses the profile that a run waits for: another run, a window and so on. Null when it does not wait for that. */
  waitsFor: z.object({ kind: z.string(), since: instant, by: z.string().nullable() }).nullable().default(null),
  state: commandState,
  failureCode: z.string().nullable(),
  failureStep: z.number().int().nullable(),
  cancelRequestedAt: instant.nullable(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
  /** It stands still until a person comes, or `until`. */
  waiting: z.object({ since: instant, until: instant, reason: personReason, step: z.number().int() }).nullable().default(null),
});
export type RunView = z.infer<typeof runView>;
export const runPage = pageOf(runView);

/** `revision` changes whenever the run does; it means nothing else. */
export const runDetail = runView.extend({
  revision: z.string(),
  /**
   * By what it came of a deployment that runs by itself, or that somebody began it by hand (`userName`, where that is known). Null for what was
   * deployed to run at once, and for a run that was asked for again.
   */
  begun: z
    .object({ when: z.enum(["cron", "every", "once", "start", "webhook", "after"]), byHand: z.boolean(), userName: z.string().nullable() })
    .nullable()
    .default(null),
  /** Of what its deployment was signed with: what a rerun refers to. Null when nobody signed it. */
  manifestId: id.nullable().default(null),
  /** In what the exit of its proxy did not fit the profile's identity; null when it did, and when nobody looked. */
  proxyMismatch: z.string().nullable().default(null),
  /** After its steps a person records more of them. */
  record: z.boolean().default(false),
  /** They do it in a window on the runner's screen. */
  window: z.boolean().default(false),
  /** A person tries a draft in it, step by step; the steps of the version are not carried out. */
  trial: z.boolean().default(false),
  steps: z.array(runStepView),
  artifacts: z.array(artifactView),
  /** Who has its page, and by which hold. */
  held: z.object({ holdId: id, since: instant, userId: id.nullable(), userName: z.string().nullable() }).nullable().default(null),
  /** What the runner's policy refused in it, the most frequent first. */
  refusals: z.array(refusalView).default([]),
});
export type RunDetail = z.infer<typeof runDetail>;

/** `signedManifest`: a `rerun` manifest; a runner that demands signatures does nothing without. */
export const rerunInput = z.object({ id, signedManifest: signedManifest.optional() });

/**
 * `key` signs what the person does on the page (Ed25519, SPKI DER in base64); null where they cannot. `signedManifest`: an `order` over the
 * task, for a runner that demands it.
 */
export const holdRunInput = z.object({ id, key: signingPublicKey.nullable().default(null), signedManifest: signedManifest.optional() });

/** With `wait`, the answer comes when the run is another than at revision `after`, or after that many seconds (at most 25). */
export const getRunInput = z.object({ id, after: z.string().max(100).optional(), wait: z.coerce.number().int().min(0).max(25).default(0) });

export const listRunsInput = inProject.extend({
  ...pageInput.shape,
  state: z.enum([...commandState.options, "active"]).optional(),
  workflowId: id.optional(),
  deploymentId: id.optional(),
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

/**
 * Log lines after `after` (0 for all), at most 1,000, read from the runner at the moment of asking. `of`: the run's own log, or what its
 * pages wrote to their console.
 */
export const runLogInput = z.object({
  id,
  after: z.coerce.number().int().min(0).default(0),
  of: z.enum(["run", "console"]).optional(),
});
export const runLogView = z.object({ lines: z.array(logLine), more: z.boolean() });
