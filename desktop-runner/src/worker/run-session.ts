import { parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import { resolveInputs } from "@deskhand/shared/schemas/recording-inputs";
import { asDiskFull, openArtifactStore } from "../browser/artifacts.ts";
import type { PreparedContext } from "../browser/browser-shard.ts";
import { shapeOf } from "../browser/context-shape.ts";
import { createLiveView, type LiveView } from "../browser/live-view.ts";
import { type LoadedState, loadProfileState, type ProfileLock } from "../browser/profile-store.ts";
import type { Frame } from "../browser/screencast.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type { RecordedFacts } from "../recorder/create-recorder.ts";
import type { TrialFacts } from "../trial/create-trial.ts";
import type { RunOutcome } from "../workflow/execute-recording.ts";
import type { RunHalt } from "../workflow/run-halt.ts";
import { generalFailure, StepFailure } from "../workflow/step-failure.ts";
import { driveRun } from "./drive-run.ts";
import { leaveThrough } from "./leave-through.ts";
import type { HoldNewsFacts, RunOrder, WorkerRunEvent } from "./messages.ts";
import { type Engines, openProfile } from "./open-profile.ts";
import { createRunHold, createTimeLimit, type RunHold } from "./run-hold.ts";
import { openRunLog, type RunLog } from "./run-log.ts";
import type { RunParts } from "./run-parts.ts";
import { createRunPolicy } from "./run-policy.ts";
import { createSecretMask } from "./secret-mask.ts";
import { waitForProfile } from "./wait-for-profile.ts";

export type RunSession = {
  cancel(): void;
  setPolicy(policy: NetworkPolicy): void;
  live: LiveView;
  hold: RunHold;
  /** Settles when `finished` was sent and everything of the run is closed; never rejects. */
  done: Promise<void>;
};

/** Carries out one run in the pool's browser and tells everything as events; `finished` is always the last. */
export function startRunSession(
  order: RunOrder,
  engines: Engines,
  send: (event: WorkerRunEvent) => void,
  sendFrame: (frame: Frame) => void,
  sendHoldNews: (news: HoldNewsFacts) => void,
  sendRecorded: (facts: RecordedFacts) => void,
  sendTrial: (facts: TrialFacts) => void,
): RunSession {
  const controller = new AbortController();
  const abort = (why: RunHalt) => controller.abort(why);
  const policy = createRunPolicy(order.policy, send);
  const live = createLiveView(sendFrame);
  const limit = createTimeLimit(order.limits.runTimeoutMs, () => abort("RUN_TIMEOUT"));
  const hold = createRunHold(limit, sendHoldNews, send);
  const base = { order, live, hold, send, sendRecorded, sendTrial, signal: controller.signal, abort, policy };
  const done = (async () => {
    send({ kind: "started" });
    let outcome: RunOutcome;
    let lock: ProfileLock | undefined;
    let log: RunLog | undefined;
    let leave: (() => void) | undefined;
    let dispose: (() => Promise<void>) | undefined;
    try {
      const { recording, inputs, workflows } = readOrder(order);
      const mask = createSecretMask(recording, inputs);
      const store = await openArtifactStore(order.artifactsDir, order.limits.artifactsMaxBytes, send);
      log = openRunLog(store, mask, send, () => abort("RUNNER_DISK_FULL"));
      lock = await waitForProfile(order.profileDir, {
        signal: controller.signal,
        waitMs: order.limits.profileWaitMs,
        onWait: () => log?.write(null, "info", "Another command on this computer uses the profile. The run waits for it."),
      });
      const loaded = await readState(order.profileDir, log, send);
      const { profileDir, settings } = order;
      const profile = await openProfile(engines, {
        profileDir,
        settings,
        shape: shapeOf(recording, settings),
        window: order.window ?? false,
        trace: true,
        loaded,
      });
      dispose = () => profile.close();
      const { prepared } = profile;
      leave = await leaveThrough(order, prepared.gate, { log, signal: controller.signal, send });
      outcome = await withCause(
        await driveRun({ ...base, recording, inputs, workflows, store, log, mask, profile, state: loaded.state }, prepared),
        prepared,
      );
    } catch (error) {
      const failure = generalFailure(asDiskFull(error), 0);
      const status = failure.code === "CANCELLED" ? "cancelled" : "failed";
      outcome = { status, code: failure.code, message: failure.message, step: null, data: {} };
    }
    hold.set(false);
    limit.stop();
    live.turn(false);
    if (outcome.status !== "succeeded") {
      log?.write(outcome.place?.index ?? outcome.step, outcome.status === "cancelled" ? "warn" : "error", endLine(outcome));
    }
    await log?.finish().catch(() => {});
    // a folder belongs to its browser until that has ended
    if (order.settings.engine === "dedicated" || order.window) await dispose?.().catch(() => {});
    await lock?.release().catch(() => {});
    policy.finish();
    leave?.();
    send(finishedEvent(outcome));
    await dispose?.().catch(() => {});
  })();
  return { cancel: () => abort("CANCELLED"), setPolicy: policy.set, live, hold, done };
}

/** A page that could not be reached because the browser's networking has stopped is the browser's failure, not the page's. */
async function withCause(outcome: RunOutcome, prepared: PreparedContext): Promise<RunOutcome> {
  if (outcome.status !== "failed" || outcome.code !== "NAVIGATION_FAILED" || !(await prepared.isCutOff())) return outcome;
  const { code, message } = new StepFailure("BROWSER_CRASHED");
  return { ...outcome, code, message };
}

function readOrder(order: RunOrder): Pick<RunParts, "recording" | "inputs" | "workflows"> {
  const recording = readDocument(order.recording);
  const inputs = resolveInputs(recording.inputs, order.inputs);
  if (!inputs.ok) throw new StepFailure("INPUT_INVALID", { reason: withoutFullStop(inputs.issues[0]?.message ?? "it is missing") });
  const workflows = Object.entries(order.workflows ?? {}).map(([hash, document]) => [hash, readDocument(document)] as const);
  return { recording, inputs: inputs.values, workflows: new Map(workflows) };
}

function readDocument(document: unknown): Recording {
  const parsed = parseRecordingData(document);
  if (parsed.ok) return parsed.recording;
  throw new StepFailure("STEP_INVALID", { reason: withoutFullStop(parsed.issues[0]?.message ?? "it is not a recording") });
}

async function readState(profileDir: string, log: RunLog, send: (event: WorkerRunEvent) => void): Promise<LoadedState> {
  const loaded = await loadProfileState(profileDir);
  if (loaded.lost) throw new StepFailure("PROFILE_STATE_CORRUPT");
  if (loaded.restored) {
    const { savedAt } = loaded;
    const when = savedAt === null ? "" : `, of ${new Date(savedAt).toISOString()}`;
    log.write(null, "warn", `The profile's saved state could not be read (PROFILE_STATE_CORRUPT); the one saved before it is used${when}.`);
    send({ kind: "profile-restored", savedAt });
  }
  return loaded;
}

function finishedEvent(outcome: RunOutcome): WorkerRunEvent {
  if (outcome.status === "succeeded") return { kind: "finished", status: "succeeded", data: outcome.data };
  const { status, code, message, step, data } = outcome;
  return { kind: "finished", status, code, message, ...(step !== null && { step }), data };
}

function endLine({ status, code, step, place, message }: Exclude<RunOutcome, { status: "succeeded" }>): string {
  const what = step === null ? "The run" : `Step ${place?.number ?? step + 1}`;
  return status === "cancelled" ? `${what} was stopped. ${message}` : `${what} failed (${code}): ${message}`;
}

function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
