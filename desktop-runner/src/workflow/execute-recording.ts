import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { placesOfRun, type RunPlace } from "@deskhand/shared/schemas/run-places";
import { countSteps } from "@deskhand/shared/schemas/walk-steps";
import { LoopExit, StepFailed } from "./engine.ts";
import { type ExecuteOptions, openEngine } from "./open-engine.ts";
import { whenFree } from "./own-hands.ts";
import { runSteps } from "./run-steps.ts";
import { generalFailure } from "./step-failure.ts";
import { createStepReporter } from "./step-reporter.ts";

export type RunOutcome =
  | { status: "succeeded"; data: Record<string, unknown> }
  | {
      status: "failed" | "cancelled";
      code: RunFailureCode;
      message: string;
      /** Of the run's own steps; null when it was none of them. */
      step: number | null;
      /** The step itself when it is one of a workflow that `step` runs. */
      place?: Pick<RunPlace, "index" | "number"> | undefined;
      data: Record<string, unknown>;
    };

/** Carries out a recording's steps one after another. Never throws: what goes wrong is in the outcome. */
export async function executeRecording(options: ExecuteOptions): Promise<RunOutcome> {
  const { page, recording, observer } = options;
  const places = placesOfRun(recording, options.services?.workflows);
  const reporter = createStepReporter(observer, places.length);
  const engine = openEngine(options, reporter, places);
  const { state, data, halt } = engine;
  try {
    await runSteps(engine, recording.steps, { deadline: Number.POSITIVE_INFINITY });
    // somebody who still has the page is not shut out of it
    await whenFree(engine, countSteps(recording.steps) - 1);
  } catch (error) {
    // a loop that is left where there is none ends the run, and well
    if (!(error instanceof LoopExit)) {
      const { failure, index } = error instanceof StepFailed ? error : { failure: generalFailure(error, 0), index: null };
      const { code, message } = failure;
      return { status: code === "CANCELLED" ? "cancelled" : "failed", code, message, step: index, data: state.result(data) };
    }
  } finally {
    reporter.close(page);
    halt.stop();
  }
  return { status: "succeeded", data: state.result(data) };
}
