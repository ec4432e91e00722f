import { isFinal, type RunDetail, type RunStepView, type RunView } from "@deskhand/shared/schemas/run";
import { describeRunFailure, isRunFailureCode, type RunFailureWords } from "@deskhand/shared/schemas/run-failure";
import { timeWords } from "@/components/policy-words";

type Phase = Pick<
  RunView,
  "state" | "cancelRequestedAt" | "runnerOnline" | "runnerName" | "runnerPaused" | "runnerPausedByProject" | "runnerQuietUntil"
>;

/** What a run is doing right now, for the line under its title; null when its state says it all. */
export function describePhase(run: Phase): string | null {
  if (isFinal(run.state)) return null;
  if (run.cancelRequestedAt) {
    return run.runnerOnline
      ? `${run.runnerName} was asked to stop. It finishes what it holds first.`
      : `The run stops as soon as ${run.runnerName} is back: it is offline.`;
  }
  if (!run.runnerOnline) {
    return run.state === "queued"
      ? `Waits for ${run.runnerName}, which is offline. It starts by itself when the runner is back.`
      : `${run.runnerName} is offline. It goes on without us and tells what happened when it is back.`;
  }
  if (run.state !== "running") {
    if (run.runnerPausedByProject) return `Waits: ${run.runnerName} was paused. It starts when somebody resumes the runner on its page.`;
    if (run.runnerPaused) return `Waits: ${run.runnerName} is paused. It starts when somebody runs “deskhand resume” on its computer.`;
    if (run.runnerQuietUntil) return `Waits: ${run.runnerName} has quiet hours until ${timeWords(run.runnerQuietUntil)}.`;
  }
  if (run.state === "queued") return `Waits for its turn on ${run.runnerName}.`;
  if (run.state === "leased" || run.state === "accepted") return `${run.runnerName} is opening the browser.`;
  return null;
}

/** The state that the badge shows: a run that was asked to stop reads as cancelling until it has ended. */
export function shownState(run: Pick<RunView, "state" | "cancelRequestedAt">): RunView["state"] | "cancelling" {
  return run.cancelRequestedAt && !isFinal(run.state) ? "cancelling" : run.state;
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
