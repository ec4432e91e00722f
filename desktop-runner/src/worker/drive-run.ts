import { setTimeout as delay } from "node:timers/promises";
import { describeProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { RunStepView } from "@deskhand/shared/schemas/run";
import { placesOfRun } from "@deskhand/shared/schemas/run-places";
import { failedStep } from "@deskhand/shared/schemas/run-tree";
import { differences } from "@deskhand/shared/schemas/test-result";
import { asDiskFull } from "../browser/artifacts.ts";
import type { PreparedContext } from "../browser/browser-shard.ts";
import type { StateTracker } from "../browser/profile-state.ts";
import { executeRecording, type RunOutcome } from "../workflow/execute-recording.ts";
import { openingFailure } from "../workflow/page-steps.ts";
import { StepFailure } from "../workflow/step-failure.ts";
import { createPageHand } from "./page-hand.ts";
import { watchPages } from "./page-watch.ts";
import { recordByHand } from "./record-by-hand.ts";
import { type RunParts, stepLines } from "./run-parts.ts";
import { servicesOf } from "./run-services.ts";
import { createRunTrace, type RunTrace } from "./run-trace.ts";
import { createRunVideo, type RunVideo } from "./run-video.ts";
import { openSelectorMemory } from "./selector-memory.ts";
import { createStateSaver, type StateSaver } from "./state-saver.ts";
import { createStepPictures } from "./step-pictures.ts";
import { type TryByStep, tryByStep } from "./try-by-step.ts";

const downloadWaitMs = 30_000;
/** A page that does not answer must not keep the state or the trace for ever. */
const closingMs = 15_000;

/** Pictures of so many of a step's turns are kept, and of each that fails. */
const picturedTurns = 10;

/** Runs the recording in a prepared context and leaves the profile's state and the artifacts on the disk. */
export async function driveRun(parts: RunParts, prepared: PreparedContext): Promise<RunOutcome> {
  const { order, recording, log, store, live, send, abort } = parts;
  const { context, page } = prepared;
  const places = placesOfRun(recording, parts.workflows);
  const lineOf = stepLines(places);
  let current: number | null = null;
  const states = new Map<number, RunStepView["state"]>();
  const onFailure = (error: unknown) => {
    const failure = asDiskFull(error);
    if (failure instanceof StepFailure && failure.code === "RUNNER_DISK_FULL") abort("RUNNER_DISK_FULL");
  };
  const pictures = createStepPictures(prepared, store, onFailure);
  const { downloads } = parts.policy;
  const roomBytes = order.limits.artifactsMaxBytes;
  const isTrial = order.trial === true;
  const watch = watchPages(context, { store, log, step: () => current, downloads, roomBytes, isTrial, onFailure });
  const way = parts.policy.guard(prepared, { log, abort, step: () => current });
  const video = createRunVideo(parts);
  const follow = (cast = prepared.cast) => {
    live.follow(cast);
    video?.follow(cast);
  };
  follow();
  const tracker = await parts.profile.restore(() => {
    log.write(
      current,
      "warn",
      "The browser lost its cookies when a part of it stopped; the profile's last saved ones were given back to it.",
    );
  });
  const saver = saverOf(parts, tracker);
  const trace = createRunTrace(parts, context);
  const byHand = recordByHand(parts, context, page, () => saver.changed());
  let byStep: TryByStep | undefined;
  const hand = createPageHand(context, page, {
    hasTouch: prepared.device.hasTouch,
    show: (shown) => {
      const cast = pictures.castOf(shown);
      if (cast) follow(cast);
    },
    onActed: () => {
      saver.changed();
      byStep?.onActed();
    },
    onBegin: () => {
      void trace.rest();
      video?.rest();
      void byHand.held(true);
      byStep?.trial.begin();
    },
    onGo: (shown, url) => byHand.recorder?.opened(shown, url),
    explain: (error, url) => openingFailure(error, url, way, 30_000).message,
    onAnswered: (dialog, rule) => byHand.recorder?.answered(dialog.type(), rule),
    onRecordAct: async (act) => byHand.recorder?.act(act),
    onTrialAct: async (act) => byStep?.trial.act(act),
    onEnd: async () => {
      byStep?.trial.end();
      await byHand.held(false);
      video?.goOn();
      await trace.goOn();
    },
  });
  watch.dialogs.attach((dialog) => hand.ask(dialog, byHand.answered(dialog)));
  parts.hold.attach(hand);
  const memory = order.memoryDir === undefined ? undefined : openSelectorMemory(order.memoryDir, recording);

  const services = servicesOf(parts, prepared, watch, memory);
  const stepTimeoutMs = order.limits.stepTimeoutMs;
  const given = { context, page, device: prepared.device, way, services, ...(stepTimeoutMs !== undefined && { stepTimeoutMs }) };
  if (order.trial) {
    byStep = tryByStep(parts, { ...given, takeScreenshot: pictures.take, onStep: () => saver.changed() });
    const outcome = await byStep.wait();
    byStep = undefined;
    send({ kind: "closing" });
    return finishRun(parts, prepared, outcome, { pictures, watch, saver, trace, video });
  }
  const ended = await executeRecording({
    ...given,
    recording,
    inputs: parts.inputs,
    signal: parts.signal,
    observer: {
      stepStarted: (index, turn) => {
        current = index;
        states.set(index, "running");
        trace.stepStarted(index);
        send({ kind: "step-started", index, turn, at: Date.now() });
        log.write(index, "info", lineOf(index, turn));
      },
      stepFinished: (index, result, worked) => {
        states.set(index, result.status);
        send({ kind: "step-finished", index, at: Date.now(), ...result });
        if (result.status === "skipped") return;
        const { step, number = String(index + 1) } = places[index] ?? {};
        const settings = step?.deskhand;
        const isFailed = result.status === "failed";
        const { turn = 1 } = result;
        if (isFailed || (settings?.screenshot !== false && turn <= picturedTurns)) {
          pictures.keep({ index, number, turn }, worked, isFailed || settings?.screenshot === true);
        }
        const cast = pictures.castOf(worked);
        if (cast) follow(cast);
        if (mayChangeState(step?.type)) saver.changed();
      },
      warn: (index, message) => log.write(index, "warn", message),
      takeScreenshot: pictures.take,
    },
  });
  const steps = places.map((place) => ({ ...place, state: states.get(place.index) ?? ("pending" as const) }));
  const outcome = ended.status === "succeeded" ? ended : { ...ended, place: failedStep({ steps, failureStep: ended.step }) };
  if (order.record && outcome.status === "succeeded") await byHand.wait();
  send({ kind: "closing" });
  await memory?.save().catch(() => log.write(null, "debug", "Which selectors worked could not be remembered."));
  return finishRun(parts, prepared, judged(outcome, parts), { pictures, watch, saver, trace, video });
}

/** A run of a test has succeeded only with the result that the test expects. */
function judged(outcome: RunOutcome, { order, recording, log }: RunParts): RunOutcome {
  if (order.test === undefined || outcome.status !== "succeeded") return outcome;
  const test = recording.tests?.find(({ name }) => name === order.test);
  const found = test ? differences(test.expect, outcome.data) : ["the test, which is not in the workflow"];
  for (const place of found) log.write(null, "error", `Not as the test expects: ${place}.`);
  if (found.length === 0) return outcome;
  const { code, message } = new StepFailure("TEST_FAILED", { reason: found[0] ?? "" });
  return { status: "failed", code, message, step: null, data: outcome.data };
}

type Closing = {
  pictures: ReturnType<typeof createStepPictures>;
  watch: ReturnType<typeof watchPages>;
  saver: StateSaver;
  trace: RunTrace;
  video: RunVideo | undefined;
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
    // a video ends with the page as its last picture shows it
    attempt(closing.pictures.finish(), "A screenshot could not be kept.").then(() => closing.video?.stop()),
    alive && attempt(closing.saver.saveNow(), "The profile's state could not be saved; the last good one is kept."),
  ]);
  if (alive) await attempt(closing.trace.finish(), "The trace could not be kept.");
  if (Object.keys(outcome.data).length > 0) {
    const result = { type: "result", name: "result.json", file: "result.json", contentType: "application/json", step: null } as const;
    await attempt(parts.store.write(result, JSON.stringify(outcome.data, null, 2)), "The result could not be kept.");
  }
  // the disk may have filled up after the last step: what was promised is not there, so the run has not succeeded
  if (outcome.status === "succeeded" && parts.signal.aborted && parts.signal.reason === "RUNNER_DISK_FULL") {
    failure ??= new StepFailure("RUNNER_DISK_FULL");
  }
  const isLost = outcome.status === "succeeded" && failure !== undefined;
  await closing.video?.finish(parts.recording.video === "always" || isLost || outcome.status === "failed");
  if (outcome.status !== "succeeded" || !failure) return outcome;
  return { status: "failed", code: failure.code, message: failure.message, step: null, data: outcome.data };
}

/** What is told of the profile's state while the run goes on. */
function saverOf({ order, state, profile, send, log }: RunParts, tracker: StateTracker): StateSaver {
  return createStateSaver({
    profileDir: order.profileDir,
    tracker,
    before: state,
    onSaved: async ({ version, bytes }) => {
      await profile.onSaved(version);
      send({ kind: "profile-saved", bytes, at: Date.now() });
    },
    onUnsaved: (flags) => {
      send({ kind: "profile-flags", flags });
      // its own folder keeps them
      if (order.settings.engine === "dedicated") return;
      const kinds = flags.map(describeProfileFlag).join("; ");
      log.write(null, "warn", `This profile wants the dedicated engine: its saved state cannot hold what a site keeps here (${kinds}).`);
    },
    onFailed: () => log.write(null, "debug", "The profile's state could not be saved during the run."),
  });
}

/** Steps that only change the window or the network, which no site keeps anything of. */
function mayChangeState(type: string | undefined): boolean {
  return type !== "setViewport" && type !== "emulateNetworkConditions";
}
