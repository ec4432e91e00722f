import { setTimeout as delay } from "node:timers/promises";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { timeoutOf } from "./carry-out.ts";
import { type Engine, StepFailed } from "./engine.ts";
import { generalFailure, StepFailure } from "./step-failure.ts";

/** What another try cannot help, and what nobody may decide to go on after. */
const finalCodes: ReadonlySet<RunFailureCode> = new Set([
  "CANCELLED",
  "RUN_TIMEOUT",
  "RUNNER_DISK_FULL",
  "POLICY_DENIED",
  "PAGE_CRASHED",
  "BROWSER_CRASHED",
  "STEP_INVALID",
]);

/** Waits so long, unless the run has to stop, or the deadline (ms since the epoch) comes first. */
export async function pause(engine: Pick<Engine, "halt" | "signal">, ms: number, deadline: number): Promise<void> {
  if (Date.now() + ms > deadline) throw new StepFailure("STEP_TIMEOUT");
  await engine.halt.race(delay(ms, undefined, { signal: engine.signal }));
}

export function canBeTriedAgain({ failure }: StepFailed): boolean {
  return !finalCodes.has(failure.code);
}

/** A page's death shows in many ways; what the watcher saw is the true reason. */
export async function asStepFailed(engine: Engine, error: unknown, step: Step, index: number): Promise<StepFailed> {
  const halted = await engine.halt.reason();
  if (error instanceof StepFailed) return halted ? new StepFailed(halted, error.index) : error;
  const own = generalFailure(error, timeoutOf(step, engine));
  return new StepFailed(halted ?? engine.way?.explain(own) ?? own, index);
}
