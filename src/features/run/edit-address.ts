import type { RunDetail, RunStepView } from "@deskhand/shared/schemas/run";
import { ownStep } from "@deskhand/shared/schemas/run-tree";

/**
 * The editor with the step chosen in it: of the workflow that the step is in, in the version that ran; where that is not known any more, of
 * the run's own, with the step that calls.
 */
export function editAddress(run: Pick<RunDetail, "workflowId" | "version" | "steps">, step: RunStepView): string {
  const called = step.caller === null ? null : run.steps[step.caller]?.called;
  // 3.2.1 is the first step of its workflow
  if (called) return address(called, Number(step.number.split(".").at(-1)));
  return address(run, ownStep(run.steps, step).index + 1);
}

function address({ workflowId, version }: { workflowId: string; version: number }, number: number): string {
  return `/dashboard/workflows/${workflowId}/edit?step=${number}&of=${version}`;
}
