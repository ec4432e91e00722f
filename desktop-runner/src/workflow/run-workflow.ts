import { resolveInputs, secretInputNames } from "@deskhand/shared/schemas/recording-inputs";
import { personRule } from "@deskhand/shared/schemas/recording-person";
import type { CustomStepOf } from "@deskhand/shared/schemas/recording-steps";
import { CALLS_AT_MOST } from "@deskhand/shared/schemas/run-places";
import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import { type Engine, LoopExit, StepFailed, type Surroundings } from "./engine.ts";
import { createRunState } from "./run-state.ts";
import { runSteps } from "./run-steps.ts";
import { StepFailure } from "./step-failure.ts";
import type { StepReporter } from "./step-reporter.ts";

const silent: StepReporter = { started: () => {}, finished: () => {}, close: () => {} };

/**
 * Carries out another workflow in place of a step: with inputs and variables of its own, on the same pages. What it reads is the answer;
 * its steps are told by numbers of their own, and by the step that runs it where they have none.
 */
export async function runWorkflow(
  outer: Engine,
  step: CustomStepOf<"deskhand.workflow">,
  index: number,
  around: Surroundings,
): Promise<Record<string, unknown>> {
  const { version, inputs: given = {} } = step.parameters;
  const recording = outer.services.workflows?.get(version);
  if (!recording) throw new StepFailure("WORKFLOW_MISSING", { reason: version.slice(0, 12) });
  if (outer.within.includes(version) || outer.within.length >= CALLS_AT_MOST) {
    throw new StepFailure("STEP_INVALID", { reason: `workflows run each other more than ${CALLS_AT_MOST} deep` });
  }
  const resolved = resolveInputs(recording.inputs, given);
  if (!resolved.ok) throw new StepFailure("INPUT_INVALID", { reason: (resolved.issues[0]?.message ?? "it is missing").replace(/\.$/, "") });
  for (const name of secretInputNames(recording.inputs)) outer.services.onSecret?.(String(resolved.values[name] ?? ""));
  const first = outer.insideOf(index);
  const places = new Map(walkSteps(recording.steps).map((place) => [place.step, place.index]));
  const data: Record<string, unknown> = Object.create(null);
  const state = createRunState(recording, resolved.values, outer.services);
  const { selectors: _, onNotFound: __, ...others } = outer.services;
  // what is kept of a step is kept by its number
  const services = first === undefined ? others : outer.services;
  const engine: Engine = {
    ...outer,
    ...{ recording, state, data, services },
    indexOf: (inner) => (first ?? 0) + (places.get(inner) ?? 0),
    person: personRule(recording.person, outer.person),
    within: [...outer.within, version],
    gate: undefined,
    ...(first === undefined && {
      reporter: silent,
      insideOf: () => undefined,
      nameOf: (inner) => String(inner + 1),
      observer: {
        stepStarted: () => {},
        stepFinished: () => {},
        warn: (inner, message) => outer.observer.warn(index, `“${recording.title}”, step ${inner + 1}: ${message}`),
        takeScreenshot: (_inner, ...shot) => outer.observer.takeScreenshot(index, ...shot),
      },
    }),
  };
  try {
    await runSteps(engine, recording.steps, around);
  } catch (error) {
    if (!(error instanceof LoopExit)) throw error instanceof StepFailed ? inside(error, recording.title, first ?? 0) : error;
  }
  return state.result(data);
}

/** The same failure, with words for where it was. */
function inside({ failure, index }: StepFailed, title: string, first: number): StepFailure {
  const told = new StepFailure(failure.code, failure.params);
  told.message = `In “${title}”, step ${index - first + 1}: ${failure.message}`;
  return told;
}
