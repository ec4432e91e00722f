import { setTimeout as delay } from "node:timers/promises";
import { asDiskFull } from "../browser/artifacts.ts";
import type { PreparedContext } from "../browser/browser-pool.ts";
import { restoreState, type StateTracker } from "../browser/profile-state.ts";
import { saveProfileState } from "../browser/profile-store.ts";
import { executeRecording, type RunOutcome } from "../workflow/execute-recording.ts";
import { StepFailure } from "../workflow/step-failure.ts";
import { maskTrace } from "./mask-trace.ts";
import { watchPages } from "./page-watch.ts";
import { type RunParts, stepLine } from "./run-parts.ts";
import { createStepPictures } from "./step-pictures.ts";

/** Between two savings of the profile's state during a run; it is always saved at the end. */
const saveEveryMs = 5000;
const downloadWaitMs = 30_000;
/** A page that does not answer must not keep the state or the trace for ever. */
const closingMs = 15_000;

/** Runs the recording in a prepared context and leaves the profile's state and the artifacts on the disk. */
export async function driveRun(parts: RunParts, prepared: PreparedContext): Promise<RunOutcome> {
  const { order, recording, log, store, live, send, abort } = parts;
  const { context, page } = prepared;
  let current: number | null = null;
  const onFailure = (error: unknown) => {
    const failure = asDiskFull(error);
    if (failure instanceof StepFailure && failure.code === "RUNNER_DISK_FULL") abort("RUNNER_DISK_FULL");
  };
  const pictures = createStepPictures(prepared, store, onFailure);
  const { downloads } = parts.policy;
  const roomBytes = order.limits.artifactsMaxBytes;
  const watch = watchPages(context, { store, log, step: () => current, downloads, roomBytes, onFailure });
  const way = parts.policy.guard(prepared, { log, abort, step: () => current });
  live.follow(prepared.cast);
  const tracker = await restoreState(context, parts.state);
  const saver = createStateSaver(parts, tracker);
  let navigated = false;
  page.on("framenavigated", (frame) => {
    if (!frame.parentFrame()) navigated = true;
  });

  const outcome = await executeRecording({
    context,
    page,
    recording,
    inputs: parts.inputs,
    signal: parts.signal,
    device: prepared.device,
    way,
    ...(order.limits.stepTimeoutMs !== undefined && { stepTimeoutMs: order.limits.stepTimeoutMs }),
    observer: {
      stepStarted: (index) => {
        current = index;
        send({ kind: "step-started", index, at: Date.now() });
        log.write(index, "info", stepLine(recording, index));
      },
      stepFinished: (index, result, worked) => {
        send({ kind: "step-finished", index, at: Date.now(), ...result });
        if (result.status === "skipped") return;
        pictures.keep(index, worked, result.status === "failed");
        const cast = pictures.castOf(worked);
        if (cast) live.follow(cast);
        if (navigated && result.status === "succeeded") {
          navigated = false;
          saver.saveSoon();
        }
      },
      warn: (index, message) => log.write(index, "warn", message),
      takeScreenshot: pictures.take,
    },
  });
  send({ kind: "closing" });
  return finishRun(parts, prepared, outcome, { pictures, watch, saver });
}

type Closing = {
  pictures: ReturnType<typeof createStepPictures>;
  watch: ReturnType<typeof watchPages>;
  saver: StateSaver;
};

async function finishRun(parts: RunParts, prepared: PreparedContext, outcome: RunOutcome, closing: Closing): Promise<RunOutcome> {
  const { context } = prepared;
  const alive = context.browser()?.isConnected() === true;
  let failure: StepFailure | undefined;
  const attempt = async (work: Promise<unknown>, complaint: string) => {
    try {
      if ((await Promise.race([work.then(() => true), delay(closingMs, false, { ref: false })])) === false) {
        parts.log.write(null, "warn", complaint);
      }
    } catch (error) {
      const known = asDiskFull(error);
      if (known instanceof StepFailure) failure ??= known;
      else parts.log.write(null, "warn", complaint);
    }
  };
  if (alive && outcome.status === "succeeded") await closing.watch.settleDownloads(downloadWaitMs);
  await Promise.all([
    attempt(closing.pictures.finish(), "A screenshot could not be kept."),
    alive && attempt(closing.saver.saveNow(), "The profile's state could not be saved; the last good one is kept."),
  ]);
  if (alive) await attempt(saveTrace(parts, prepared), "The trace could not be kept.");
  if (Object.keys(outcome.data).length > 0) {
    const result = { type: "result", name: "result.json", file: "result.json", contentType: "application/json", step: null } as const;
    await attempt(parts.store.write(result, JSON.stringify(outcome.data, null, 2)), "The result could not be kept.");
  }
  // the disk may have filled up after the last step: what was promised is not there, so the run has not succeeded
  if (outcome.status === "succeeded" && parts.signal.aborted && parts.signal.reason === "RUNNER_DISK_FULL") {
    failure ??= new StepFailure("RUNNER_DISK_FULL");
  }
  if (outcome.status !== "succeeded" || !failure) return outcome;
  return { status: "failed", code: failure.code, message: failure.message, step: null, data: outcome.data };
}

async function saveTrace({ store, mask }: RunParts, { context }: PreparedContext): Promise<void> {
  const file = "trace.zip";
  await context.tracing.stop({ path: store.pathOf(file) });
  if (mask.needed) await maskTrace(store.pathOf(file), mask.apply);
  await store.adopt({ type: "trace", name: file, file, contentType: "application/zip", step: null });
}

type StateSaver = { saveSoon(): void; saveNow(): Promise<void> };

/** Saves the profile's state one at a time; during the run only now and then, and without failing it. */
function createStateSaver({ order, send, log }: RunParts, tracker: StateTracker): StateSaver {
  let last = Date.now();
  let running: Promise<void> = Promise.resolve();
  const save = async () => {
    last = Date.now();
    const bytes = await saveProfileState(order.profileDir, await tracker.collect());
    send({ kind: "profile-saved", bytes, at: Date.now() });
  };
  return {
    saveSoon: () => {
      if (Date.now() - last < saveEveryMs) return;
      last = Date.now();
      running = running.then(save).catch(() => log.write(null, "debug", "The profile's state could not be saved during the run."));
    },
    saveNow: () => running.then(save),
  };
}
