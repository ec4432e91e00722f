import { isFinal, type RunDetail, type RunStepView, type RunView } from "@deskhand/shared/schemas/run";
import { describeRunFailure, isRunFailureCode, type RunFailureWords } from "@deskhand/shared/schemas/run-failure";
import { describePhase as phaseOf } from "@deskhand/shared/schemas/run-phase";
import { timeWords } from "@/components/policy-words";

/** What a run is doing right now, for the line under its title; null when its state says it all. */
export const describePhase = (run: Parameters<typeof phaseOf>[0]): string | null => phaseOf(run, timeWords);

/** The state that the badge shows: a run that was asked to stop reads as cancelling until it has ended. */
export function shownState(run: Pick<RunView, "state" | "cancelRequestedAt" | "waiting">): RunView["state"] | "cancelling" | "waiting" {
  if (isFinal(run.state)) return run.state;
  if (run.cancelRequestedAt) return "cancelling";
  return run.waiting ? "waiting" : run.state;
}

/** Was the step under way when somebody cancelled the run? It did not fail: a person wanted that. */
export function wasStopped(step: Pick<RunStepView, "state">, end: RunView["state"] | null): boolean {
  return step.state === "failed" && end === "cancelled";
}

/** Why a run has no success, in words; null for one that has. A code that this page does not know is told as an inner error. */
export function describeOutcome(
  run: Pick<RunView, "state" | "failureCode"> & Partial<Pick<RunDetail, "refusals">>,
): RunFailureWords | null {
  if (!isFinal(run.state) || run.state === "succeeded") return null;
  const refusal = run.refusals?.find(({ fatal }) => fatal);
  if (isRunFailureCode(run.failureCode)) return describeRunFailure(run.failureCode, refusal ? { refusal } : {});
  if (run.state === "cancelled") return describeRunFailure("CANCELLED");
  if (run.state === "expired") return describeRunFailure("COMMAND_EXPIRED");
  return describeRunFailure("INTERNAL");
}
