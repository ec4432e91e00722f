import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import { createTrial, type Trial } from "../trial/create-trial.ts";
import type { RunOutcome } from "../workflow/execute-recording.ts";
import type { ExecuteOptions } from "../workflow/open-engine.ts";
import type { StepFailure } from "../workflow/step-failure.ts";
import { createTimeLimit } from "./run-hold.ts";
import type { RunParts } from "./run-parts.ts";

/** How long a trial run waits for a person to come, or to come back; milliseconds. */
const patienceMs = 5 * 60_000;
/** How long it stays open while somebody has its page and does nothing; milliseconds. */
const idleMs = 30 * 60_000;

export type TryByStep = {
  trial: Trial;
  /** The person did something. */
  onActed(): void;
  /** Lets a person try their draft until they say that it is enough, or do nothing for a while. */
  wait(): Promise<RunOutcome>;
};

type Given = Omit<ExecuteOptions, "recording" | "inputs" | "signal" | "observer"> & {
  takeScreenshot: ExecuteOptions["observer"]["takeScreenshot"];
  onStep(): void;
};

/** A run that carries out none of its version's steps: a person who has its page tries a draft. */
export function tryByStep(parts: RunParts, { takeScreenshot, onStep, services, ...given }: Given): TryByStep {
  const { hold, log, recording, signal, send } = parts;
  const over = new AbortController();
  let failure: StepFailure | undefined;
  let idle = createTimeLimit(idleMs, () => over.abort());
  const touch = () => {
    idle.stop();
    idle = createTimeLimit(idleMs, () => over.abort());
  };
  // a person has the page all the while, what the draft's steps work with is numbered by the draft, and it is not kept
  const { hold: _, selectors: __, onNotFound: ___, findObstacle: ____, ...own } = services ?? {};
  const trial: Trial = createTrial({
    ...given,
    inputs: parts.inputs,
    mask: parts.mask,
    signal,
    services: { ...own, waitForPerson: () => trial.waitForPerson() },
    observer: {
      stepStarted: () => {},
      stepFinished: () => {},
      warn: (index, message) => log.write(null, "warn", `Step ${index + 1} of the draft: ${message}`),
      takeScreenshot,
    },
    tell: parts.sendTrial,
    onStep: () => {
      touch();
      onStep();
    },
    onOver: (why) => {
      failure ??= why;
      over.abort();
    },
  });
  return {
    trial,
    onActed: touch,
    async wait() {
      if (hold.isOn) trial.begin();
      log.write(null, "info", "The run waits for a person to try a draft.");
      const until = AbortSignal.any([signal, over.signal]);
      while (!trial.isFinished && !until.aborted) {
        // whose connection broke off comes back to what they had
        if ((await hold.askPerson({ index: 0, reason: "trial", timeoutMs: patienceMs, signal: until })) === "timeout") break;
      }
      idle.stop();
      trial.end();
      await trial.act({ do: "finish" });
      for (const { index } of walkSteps(recording.steps))
        send({ kind: "step-finished", index, at: Date.now(), status: "skipped", durationMs: 0 });
      if (signal.aborted) return { status: "cancelled", code: "CANCELLED", message: "The run was cancelled.", step: null, data: {} };
      if (failure) return { status: "failed", code: failure.code, message: failure.message, step: null, data: {} };
      return { status: "succeeded", data: {} };
    },
  };
}
