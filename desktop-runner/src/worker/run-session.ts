import { parseRecordingData, type Recording } from "@deskhand/shared/schemas/recording";
import { type InputValues, resolveInputs } from "@deskhand/shared/schemas/recording-inputs";
import { asDiskFull, openArtifactStore } from "../browser/artifacts.ts";
import { type BrowserPool, shapeOf } from "../browser/browser-pool.ts";
import { createLiveView, type LiveView } from "../browser/live-view.ts";
import { loadProfileState, lockProfile, type ProfileLock, type StorageState } from "../browser/profile-store.ts";
import type { Frame } from "../browser/screencast.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type { RunOutcome } from "../workflow/execute-recording.ts";
import type { RunHalt } from "../workflow/run-halt.ts";
import { generalFailure, StepFailure } from "../workflow/step-failure.ts";
import { driveRun } from "./drive-run.ts";
import type { RunOrder, WorkerRunEvent } from "./messages.ts";
import { openRunLog, type RunLog } from "./run-log.ts";
import { createRunPolicy } from "./run-policy.ts";
import { createSecretMask } from "./secret-mask.ts";

export type RunSession = {
  cancel(): void;
  setPolicy(policy: NetworkPolicy): void;
  live: LiveView;
  /** Settles when `finished` was sent and everything of the run is closed; never rejects. */
  done: Promise<void>;
};

/** Carries out one run in the pool's browser and tells everything as events; `finished` is always the last. */
export function startRunSession(
  order: RunOrder,
  pool: BrowserPool,
  send: (event: WorkerRunEvent) => void,
  sendFrame: (frame: Frame) => void,
): RunSession {
  const controller = new AbortController();
  const abort = (why: RunHalt) => controller.abort(why);
  const policy = createRunPolicy(order.policy, send);
  const live = createLiveView(sendFrame);
  const timer = setTimeout(abort, order.limits.runTimeoutMs, "RUN_TIMEOUT");
  const base = { order, live, send, signal: controller.signal, abort, policy };
  const done = (async () => {
    send({ kind: "started" });
    let outcome: RunOutcome;
    let lock: ProfileLock | undefined;
    let log: RunLog | undefined;
    let dispose: (() => Promise<void>) | undefined;
    try {
      const { recording, inputs } = readOrder(order);
      const mask = createSecretMask(recording, inputs);
      const store = await openArtifactStore(order.artifactsDir, order.limits.artifactsMaxBytes, send);
      log = openRunLog(store, mask, send, () => abort("RUNNER_DISK_FULL"));
      lock = await lockProfile(order.profileDir);
      if (!lock) throw new StepFailure("PROFILE_BUSY");
      const state = await readState(order.profileDir, log);
      const prepared = await pool.take(shapeOf(recording)).catch(() => {
        throw new StepFailure("BROWSER_CRASHED");
      });
      dispose = () => prepared.context.close();
      outcome = await driveRun({ ...base, recording, inputs, store, log, mask, state }, prepared);
    } catch (error) {
      const failure = generalFailure(asDiskFull(error), 0);
      outcome = { status: "failed", code: failure.code, message: failure.message, step: null, data: {} };
    }
    clearTimeout(timer);
    live.turn(false);
    if (outcome.status !== "succeeded") {
      log?.write(outcome.step, outcome.status === "cancelled" ? "warn" : "error", endLine(outcome));
    }
    await log?.finish().catch(() => {});
    await lock?.release().catch(() => {});
    policy.finish();
    send(finishedEvent(outcome));
    await dispose?.().catch(() => {});
  })();
  return { cancel: () => abort("CANCELLED"), setPolicy: policy.set, live, done };
}

function readOrder(order: RunOrder): { recording: Recording; inputs: InputValues } {
  const parsed = parseRecordingData(order.recording);
  if (!parsed.ok) throw new StepFailure("STEP_INVALID", { reason: withoutFullStop(parsed.issues[0]?.message ?? "it is not a recording") });
  const inputs = resolveInputs(parsed.recording.inputs, order.inputs);
  if (!inputs.ok) throw new StepFailure("INPUT_INVALID", { reason: withoutFullStop(inputs.issues[0]?.message ?? "it is missing") });
  return { recording: parsed.recording, inputs: inputs.values };
}

async function readState(profileDir: string, log: RunLog): Promise<StorageState | undefined> {
  const loaded = await loadProfileState(profileDir);
  if (loaded.lost) throw new StepFailure("PROFILE_STATE_CORRUPT");
  if (loaded.restored) {
    log.write(null, "warn", "The profile's saved state could not be read (PROFILE_STATE_CORRUPT); the one saved before it is used.");
  }
  return loaded.state;
}

function finishedEvent(outcome: RunOutcome): WorkerRunEvent {
  if (outcome.status === "succeeded") return { kind: "finished", status: "succeeded", data: outcome.data };
  const { status, code, message, step, data } = outcome;
  return { kind: "finished", status, code, message, ...(step !== null && { step }), data };
}

function endLine({ status, code, step, message }: Exclude<RunOutcome, { status: "succeeded" }>): string {
  const what = step === null ? "The run" : `Step ${step + 1}`;
  return status === "cancelled" ? `${what} was stopped. ${message}` : `${what} failed (${code}): ${message}`;
}

function withoutFullStop(sentence: string): string {
  return sentence.replace(/\.$/, "");
}
