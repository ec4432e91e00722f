import * as z from "zod";
import { standings } from "../schedule/standing.ts";
import { commandState } from "./command-state.ts";
import { id, idempotencyKey, inProject, instant, pageInput, pageOf } from "./common.ts";
import { signedManifest } from "./manifest.ts";
import { firingReason, firingState, schedule } from "./schedule.ts";

/** A secret input: armored age ciphertext for the runner's recipient. The server cannot read it. */
export const sealedInput = z.object({ sealed: z.string().min(1).max(20_000) });

export const inputValue = z.union([z.string().max(20_000), z.number(), z.boolean(), sealedInput]);
export const inputValues = z.record(z.string().max(80), inputValue);
export type InputValues = z.infer<typeof inputValues>;

export const profileIds = z.array(id).min(1, "Choose at least one profile.").max(1000, "At most 1,000 profiles at once.");

const signedRuns = z
  .array(z.object({ profileId: id, signedManifest }))
  .max(1000)
  .optional();
export type SignedRuns = NonNullable<z.infer<typeof signedRuns>>;

export const createDeploymentInput = inProject
  .extend({
    workflowId: id,
    /** The version's number; the latest when absent. */
    version: z.number().int().min(1).optional(),
    /** All must live on this one runner. */
    runnerId: id,
    profileIds,
    inputs: inputValues.default({}),
    /** When the runner has it run by itself, also without this server; once, now, when absent. */
    schedule: schedule.optional(),
    /** After its steps a person records more of them in the live view. On one profile, and not by a schedule. */
    record: z.boolean().optional(),
    /** With `record`: in a window on the runner's screen, and seen in the live view. */
    window: z.boolean().optional(),
    /** Its steps are not carried out: a person tries a draft of it, step by step. On one profile, and not by a schedule. */
    trial: z.boolean().optional(),
    /** The same key with the same body gives the same deployment; with another body IDEMPOTENCY_CONFLICT. */
    idempotencyKey: idempotencyKey.optional(),
    /** A `deploy` manifest that says the same, signed by a key of the caller's. A runner that demands signatures does nothing without. */
    signedManifest: signedManifest.optional(),
  })
  .refine(({ record, schedule: when, profileIds }) => !record || (!when && profileIds.length === 1), {
    error: "A person records on one profile, and not by a schedule.",
    path: ["record"],
  })
  .refine(({ record, window }) => record || !window, { error: "A window is opened for recording only.", path: ["window"] })
  .refine(({ record, trial, schedule: when, profileIds }) => !trial || (!record && !when && profileIds.length === 1), {
    error: "A person tries a draft on one profile, not by a schedule, and without recording.",
    path: ["trial"],
  });
export type CreateDeploymentInput = z.infer<typeof createDeploymentInput>;

/** A schedule and how it stands. */
export const deploymentSchedule = schedule.extend({
  profileIds: z.array(id),
  /** Null while its runner has not said that it has it. */
  installedAt: instant.nullable(),
  failureCode: z.string().nullable(),
  /** Since when its runner passes its times over, and when it has ended it: as the runner said. */
  pausedAt: instant.nullable(),
  removedAt: instant.nullable(),
  /** What its runner was asked last and has not done: it waits for the runner, or `failureCode` says why it was not done. Absent from older servers. */
  asked: z
    .object({ what: z.enum(["pause", "resume", "remove"]), at: instant, failureCode: z.string().nullable() })
    .nullable()
    .default(null),
});
export type DeploymentSchedule = z.infer<typeof deploymentSchedule>;

export const deploymentView = z.object({
  id,
  projectId: id,
  workflowId: id,
  workflowName: z.string(),
  version: z.number().int(),
  runnerId: id,
  runIds: z.array(id),
  createdAt: instant,
  schedule: deploymentSchedule.nullable(),
});
export type DeploymentView = z.infer<typeof deploymentView>;

const givenInput = z.object({
  name: z.string(),
  title: z.string(),
  /** Sealed to the runner: nobody else can read it. */
  secret: z.boolean(),
  /** Null for a secret one, and where nothing was given. */
  value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
});

/**
 * What a deployment was given for each input that its version declares, in the order of the declaration. `settable`: what begins a run by
 * itself may bring another value.
 */
export const deploymentInputs = z.object({ items: z.array(givenInput.extend({ settable: z.boolean() })) });
export type DeploymentInputs = z.infer<typeof deploymentInputs>;

/**
 * With which inputs a run was begun. `setBy`: its deployment; the message that began it; or the run that it came after, which may have brought
 * another value than this one of the deployment: that is known to their runner only.
 */
export const runInputs = z.object({ items: z.array(givenInput.extend({ setBy: z.enum(["deployment", "message", "run"]) })) });
export type RunInputs = z.infer<typeof runInputs>;

/** `signedManifest`: an `order` over a `schedule.pause` or `schedule.remove`. */
export const pauseScheduleInput = z.object({ id, paused: z.boolean(), signedManifest: signedManifest.optional() });
export const removeScheduleInput = z.object({ id, signedManifest: signedManifest.optional() });

/** Begins what runs by itself once, now, by hand. `signed`: as for {@link retryDeploymentInput}, for each of its profiles. */
export const runScheduleInput = z.object({ id, signed: signedRuns });
export const begunSchedule = z.object({ firingId: id, runIds: z.array(id) });

/** What became of a time of a schedule. */
export const firingView = z.object({
  id,
  dueAt: instant,
  state: firingState,
  reason: firingReason.nullable(),
  /** More than one: so many were missed in a row, from `dueAt` on. */
  count: z.number().int(),
  runIds: z.array(id),
});
export type FiringView = z.infer<typeof firingView>;
export const firingPage = pageOf(firingView);
export const listFiringsInput = z.object({ id, ...pageInput.shape });
/** How many of its profiles are in which state, by the last run of each. */
export const deploymentCounts = z.record(commandState, z.number().int());

/** A deployment as it goes on: one row a profile. */
export const deploymentProgress = deploymentView.omit({ runIds: true }).extend({
  runnerName: z.string(),
  runnerOnline: z.boolean(),
  createdBy: z.string().nullable(),
  /** Since when its runs that were not sent yet wait. */
  pausedAt: instant.nullable(),
  /** Of what it was signed with: what a retry refers to. Null when nobody signed it. */
  manifestId: id.nullable(),
  profiles: z.number().int(),
  counts: deploymentCounts,
});
export type DeploymentProgress = z.infer<typeof deploymentProgress>;

/** One deployment as it goes on, with what came before and after it when it is a schedule that was changed or renewed. */
export const deploymentDetail = deploymentProgress.extend({
  /** The one whose place it takes. */
  replaces: z.object({ id, ended: z.boolean() }).nullable(),
  /** The one that takes its place. */
  replacedById: id.nullable(),
});
export type DeploymentDetail = z.infer<typeof deploymentDetail>;

export const deploymentPage = pageOf(deploymentProgress);
export const listDeploymentsInput = inProject.extend({
  ...pageInput.shape,
  workflowId: id.optional(),
  runnerId: id.optional(),
  /** Those that were run once, when they were made; that a schedule runs; that something else than a time begins. */
  kind: z.enum(["once", "scheduled", "triggered"]).optional(),
  /** Only schedules, and what triggers begin, that stand so; `current`: all but those that are done or ended. */
  state: z.enum([...standings, "current"]).optional(),
});

/** The last run of each profile of a deployment, in the order of the profiles' names. */
export const deploymentResults = z.object({
  items: z.array(
    z.object({
      profileId: id,
      profileName: z.string(),
      /** How many runs it had in this deployment. */
      runs: z.number().int(),
      runId: id,
      state: commandState,
      failureCode: z.string().nullable(),
      failureStep: z.number().int().nullable(),
      cancelRequestedAt: instant.nullable(),
      startedAt: instant.nullable(),
      finishedAt: instant.nullable(),
      /** Which of all that wait for the runner it is, from 1; null when it does not wait, or is paused. */
      place: z.number().int().nullable(),
      bytes: z.number().int(),
    }),
  ),
  /** How many runs wait for the runner, of all deployments. */
  waiting: z.number().int(),
});
export type DeploymentResults = z.infer<typeof deploymentResults>;
export type DeploymentResult = DeploymentResults["items"][number];

/** Runs again what failed or expired, or of it only these profiles. `signed`: a `rerun` manifest for each profile. */
export const retryDeploymentInput = z.object({
  id,
  profileIds: z.array(id).min(1).max(1000).optional(),
  signed: signedRuns,
});
export const retriedDeployment = z.object({
  done: z.number().int(),
  /** Profiles that were not run again, and why. */
  refused: z.array(z.object({ id, name: z.string(), code: z.string() })),
});
