import type { Recording } from "@deskhand/shared/schemas/recording";
import type { InputValues } from "@deskhand/shared/schemas/recording-inputs";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { fillStep } from "@deskhand/shared/schemas/template";
import type { BrowserContext, Page } from "playwright-core";
import { customStep } from "./custom-steps.ts";
import { change, pressKey } from "./input-steps.ts";
import { emulateNetwork, navigate, scroll, setViewport } from "./page-steps.ts";
import { click, hover } from "./pointer-steps.ts";
import { watchForHalt } from "./run-halt.ts";
import { generalFailure, StepFailure } from "./step-failure.ts";
import { type DeviceTraits, findPlace, type NetworkWay, type StepScope } from "./step-scope.ts";
import { waitForElement, waitForExpression, withAssertedEvents } from "./wait-steps.ts";

export const defaultStepTimeoutMs = 5000;
/** Opening an address has longer, as in Puppeteer's replay, unless the step itself says otherwise. */
const navigationTimeoutMs = 30_000;
/** A step that ignores its own deadline (a page that blocks its thread) is given up this much later. */
const graceMs = 2000;

export type StepOutcome = { status: "succeeded" | "failed" | "skipped"; durationMs: number; code?: RunFailureCode; message?: string };

/** Told what happens, synchronously; `page` is the one the step worked on. */
export type RunObserver = {
  stepStarted(index: number): void;
  stepFinished(index: number, outcome: StepOutcome, page: Page): void;
  warn(index: number, message: string): void;
  takeScreenshot(index: number, page: Page, name: string, fullPage: boolean): Promise<void>;
};

export type ExecuteOptions = {
  context: BrowserContext;
  page: Page;
  recording: Recording;
  /** checked already; secrets in clear */
  inputs: InputValues;
  /** ends the run at once, within a step too */
  signal: AbortSignal;
  observer: RunObserver;
  device: DeviceTraits;
  way?: NetworkWay | undefined;
  /** for steps when neither they nor the recording say (ms) */
  stepTimeoutMs?: number;
};

export type RunOutcome =
  | { status: "succeeded"; data: Record<string, unknown> }
  | { status: "failed" | "cancelled"; code: RunFailureCode; message: string; step: number | null; data: Record<string, unknown> };

/** Carries out a recording's steps one after another. Never throws: what goes wrong is in the outcome. */
export async function executeRecording(options: ExecuteOptions): Promise<RunOutcome> {
  const { context, page: mainPage, recording, observer } = options;
  const data: Record<string, unknown> = Object.create(null);
  const halt = watchForHalt(context, options.signal);
  let failure: StepFailure | undefined;
  let failedStep: number | null = null;
  try {
    for (const [index, step] of recording.steps.entries()) {
      if (failure) {
        observer.stepFinished(index, { status: "skipped", durationMs: 0 }, mainPage);
        continue;
      }
      observer.stepStarted(index);
      const began = performance.now();
      const place = { page: mainPage };
      try {
        await halt.race(runWithDeadline(fillStep(step, options.inputs), index, options, data, place));
        observer.stepFinished(index, { status: "succeeded", durationMs: Math.round(performance.now() - began) }, place.page);
      } catch (error) {
        // a page's death shows in many ways; what the watcher saw is the true reason
        const own = generalFailure(error, timeoutOf(step, options));
        failure = (await halt.reason()) ?? options.way?.explain(own) ?? own;
        failedStep = index;
        const durationMs = Math.round(performance.now() - began);
        observer.stepFinished(index, { status: "failed", durationMs, code: failure.code, message: failure.message }, place.page);
      }
    }
  } finally {
    halt.stop();
  }
  if (!failure) return { status: "succeeded", data };
  const status = failure.code === "CANCELLED" ? "cancelled" : "failed";
  return { status, code: failure.code, message: failure.message, step: failedStep, data };
}

function timeoutOf(step: Step, options: ExecuteOptions): number {
  const general = options.recording.timeout ?? options.stepTimeoutMs ?? defaultStepTimeoutMs;
  return step.timeout ?? (step.type === "navigate" ? Math.max(general, navigationTimeoutMs) : general);
}

async function runWithDeadline(
  step: Step,
  index: number,
  options: ExecuteOptions,
  data: Record<string, unknown>,
  place: { page: Page },
): Promise<void> {
  const timeoutMs = timeoutOf(step, options);
  const deadline = Date.now() + timeoutMs;
  const work = async () => {
    const found = await findPlace(options.context, options.page, step, deadline);
    place.page = found.page;
    const scope: StepScope = {
      context: options.context,
      mainPage: options.page,
      ...found,
      timeoutMs,
      deadline,
      device: options.device,
      way: options.way,
      data,
      warn: (message) => options.observer.warn(index, message),
      takeScreenshot: (page, name, fullPage) => options.observer.takeScreenshot(index, page, name, fullPage),
    };
    await withAssertedEvents(step, scope, () => runStep(step, scope));
  };
  // reading page after page of a table, each with the step's timeout, has no deadline as a whole but the run's
  if (step.type === "customStep" && step.name === "deskhand.extract" && step.parameters.kind === "table") return work();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StepFailure("STEP_TIMEOUT", { seconds: timeoutMs / 1000 })), timeoutMs + graceMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function runStep(step: Step, scope: StepScope): Promise<void> {
  switch (step.type) {
    case "setViewport":
      return setViewport(step, scope);
    case "navigate":
      return navigate(step, scope);
    case "click":
    case "doubleClick":
      return click(step, scope);
    case "change":
      return change(step, scope);
    case "hover":
      return hover(step, scope);
    case "keyDown":
    case "keyUp":
      return pressKey(step, scope);
    case "scroll":
      return scroll(step, scope);
    case "waitForElement":
      return waitForElement(step, scope);
    case "waitForExpression":
      return waitForExpression(step, scope);
    case "emulateNetworkConditions":
      return emulateNetwork(step, scope);
    case "close":
      return scope.page.close();
    case "customStep":
      return customStep(step, scope);
  }
}
