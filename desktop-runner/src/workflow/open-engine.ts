import type { Recording } from "@deskhand/shared/schemas/recording";
import type { InputValues } from "@deskhand/shared/schemas/recording-inputs";
import { personRule } from "@deskhand/shared/schemas/recording-person";
import type { RunPlace } from "@deskhand/shared/schemas/run-places";
import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import type { BrowserContext, Page } from "playwright-core";
import type { Engine } from "./engine.ts";
import { watchForHalt } from "./run-halt.ts";
import type { RunObserver } from "./run-observer.ts";
import type { RunServices } from "./run-services.ts";
import { createRunState } from "./run-state.ts";
import { runWorkflow } from "./run-workflow.ts";
import type { StepReporter } from "./step-reporter.ts";
import type { DeviceTraits, NetworkWay } from "./step-scope.ts";

export const defaultStepTimeoutMs = 5000;

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
  services?: RunServices;
  /** for steps when neither they nor the recording say (ms) */
  stepTimeoutMs?: number;
};

/** What a document is carried out with. Its halt watches until it is stopped. `places` of a run whose called workflows are told step by step. */
export function openEngine(options: ExecuteOptions, reporter: StepReporter, places: readonly RunPlace[] = []): Engine {
  const { context, page, recording, observer, services = {}, device, way, signal, stepTimeoutMs = defaultStepTimeoutMs } = options;
  const indexes = new Map(walkSteps(recording.steps).map(({ step, index }) => [step, index]));
  const data: Record<string, unknown> = Object.create(null);
  const halt = watchForHalt(context, signal);
  const state = createRunState(recording, options.inputs, services);
  return {
    ...{ context, page, recording, device, way, signal, halt, state, data, services, observer, reporter, stepTimeoutMs },
    person: personRule(recording.person),
    indexOf: (step) => indexes.get(step) ?? 0,
    insideOf: (index) => places[index]?.inside?.first,
    nameOf: (index) => places[index]?.number ?? String(index + 1),
    runWorkflow,
    within: [],
  };
}
