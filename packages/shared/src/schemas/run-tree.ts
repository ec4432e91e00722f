import type { RunStepView } from "./run.ts";

type Steps = readonly RunStepView[];
/** `failureStep`: index of the run's own step at which it ended. */
type Ended<T> = { steps: readonly T[]; failureStep: number | null };

/** What people call a step: 3, or 3.2 for one of the workflow that step 3 runs. */
export function stepNumber(steps: Steps, index: number): string {
  return steps[index]?.number || String(index + 1);
}

/** Step 3 of 8; Step 3.2 */
export function stepPlace(steps: Steps, index: number): string {
  const isOwn = (steps[index]?.caller ?? null) === null;
  return `Step ${stepNumber(steps, index)}${isOwn ? ` of ${ownSteps(steps).length}` : ""}`;
}

/** The steps of the run's own workflow. */
export function ownSteps(steps: Steps): RunStepView[] {
  return steps.filter(({ caller }) => caller === null);
}

/** The steps of each called workflow by the index of the step that runs it. */
export function stepsByCaller(steps: Steps): Map<number, RunStepView[]> {
  const called = new Map<number, RunStepView[]>();
  for (const step of steps) {
    if (step.caller === null) continue;
    const siblings = called.get(step.caller);
    if (siblings) siblings.push(step);
    else called.set(step.caller, [step]);
  }
  return called;
}

/** The step of the run's own workflow that a step belongs to: itself, or the one that calls its workflow. */
export function ownStep(steps: Steps, step: RunStepView): RunStepView {
  let own = step;
  while (own.caller !== null) {
    const caller = steps[own.caller];
    if (!caller) break;
    own = caller;
  }
  return own;
}

/** As they are read: the steps of a called workflow after the step that runs it, unless they are hidden. */
export function inReadingOrder(steps: Steps, isHidden: (caller: number) => boolean = () => false): RunStepView[] {
  const called = stepsByCaller(steps);
  const read = (list: Steps): RunStepView[] =>
    list.flatMap((step) => [step, ...(isHidden(step.index) ? [] : read(called.get(step.index) ?? []))]);
  return read(ownSteps(steps));
}

/** The step and, when it runs a workflow, all of the steps in there. */
export function withInner(steps: Steps, index: number): ReadonlySet<number> {
  const found = new Set([index]);
  // whoever calls comes before what it calls
  for (const step of steps) if (step.caller !== null && found.has(step.caller)) found.add(step.index);
  return found;
}

/** The step under way; of blocks and workflows, the innermost one. */
export function currentStep(steps: Steps): RunStepView | undefined {
  return steps.findLast(({ state }) => state === "running");
}

/** Where it went wrong: within a workflow that the failed step runs, the step in there. */
export function failedStep<T extends Pick<RunStepView, "index" | "caller" | "state">>({ steps, failureStep }: Ended<T>): T | undefined {
  let failed = failureStep === null ? undefined : steps[failureStep];
  while (failed) {
    const { index } = failed;
    const inside = steps.findLast((step) => step.caller === index && step.state === "failed");
    if (!inside) return failed;
    failed = inside;
  }
  return undefined;
}
