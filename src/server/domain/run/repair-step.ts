import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import type { repairStepInput } from "@deskhand/shared/schemas/repair";
import { placesOfRun, type RunPlace } from "@deskhand/shared/schemas/run-places";
import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import type { WorkflowVersionView } from "@deskhand/shared/schemas/workflow";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { addWorkflowVersion } from "@/server/domain/workflow/add-workflow-version";
import { AppError } from "@/server/errors";
import { findRun } from "./queries.ts";

/**
 * Makes a new version of a run's workflow in which this step looks for these selectors first, and for its own after them. It begins with the
 * latest version, whose step there has to be the one that the run had: somebody may have changed the workflow since. A step of a workflow
 * that the run's own calls is repaired there, and whatever calls that gets a new version that calls the new one.
 * @throws AppError NOT_FOUND also for a step that looks for nothing, CONFLICT when a latest version has another step there, and what
 * addWorkflowVersion throws
 */
export async function repairStep(ctx: Context, input: z.output<typeof repairStepInput>): Promise<WorkflowVersionView> {
  const run = await findRun(ctx, input.id, "workflow.write");
  const [ran, deployment] = await Promise.all([
    ctx.db.workflowVersion.findUniqueOrThrow({ where: { id: run.workflowVersionId }, select: { workflowId: true, content: true } }),
    ctx.db.deployment.findUniqueOrThrow({ where: { id: run.deploymentId }, select: { workflows: true } }),
  ]);
  const called = new Map(Object.entries((deployment.workflows ?? {}) as unknown as Record<string, Recording>));
  const places = placesOfRun(ran.content as unknown as Recording, called);
  const failed = places[input.step];
  const target = failed && targetOf(failed.step);
  if (!failed || !target) throw new AppError("NOT_FOUND", { details: { what: "step" } });

  // from the failed step out to the run's own workflow; all of it is looked at before anything is written
  const changes: { workflowId: string; recording: Recording; calling: Step | undefined }[] = [];
  for (let place: RunPlace | undefined = failed; place; place = place.caller === null ? undefined : places[place.caller]) {
    const caller: RunPlace | undefined = place.caller === null ? undefined : places[place.caller];
    const call = caller && callOf(caller.step);
    const workflowId = call?.workflowId ?? ran.workflowId;
    const latest = await findLatest(ctx, workflowId);
    // of a called workflow, what is called: taking what came after it was nobody's wish
    if (call && call.version !== latest.contentHash) throw new AppError("CONFLICT");
    const recording = latest.content as unknown as Recording;
    const step = walkSteps(recording.steps)[place.index - (caller?.inside?.first ?? 0)]?.step;
    if (!step || !isSame(step, place.step)) throw new AppError("CONFLICT");
    if (place === failed) prefer(step, input.selectors);
    changes.push({ workflowId, recording, calling: place === failed ? undefined : step });
  }

  let made: WorkflowVersionView | undefined;
  for (const { workflowId, recording, calling } of changes) {
    const call = calling && callOf(calling);
    if (call && made) call.version = made.contentHash;
    made = await addWorkflowVersion(ctx, { id: workflowId, recording: JSON.stringify(recording) });
  }
  if (!made) throw new AppError("NOT_FOUND");
  return made;
}

function findLatest(ctx: Context, workflowId: string) {
  return ctx.db.workflowVersion.findFirstOrThrow({
    where: { workflowId, draft: false },
    orderBy: { number: "desc" },
    select: { content: true, contentHash: true },
  });
}

/** Does the step still look for the same, or call the same? Its settings may have been changed: they say nothing of that. */
function isSame(a: Step, b: Step): boolean {
  const told = (step: Step) => canonicalJson(callOf(step) ?? targetOf(step)?.selectors ?? null);
  return a.type === b.type && told(a) === told(b);
}

function prefer(step: Step, selectors: z.output<typeof repairStepInput>["selectors"]): void {
  const target = targetOf(step);
  if (!target) return;
  const chosen = new Set(selectors.map((selector) => canonicalJson(selector)));
  target.selectors = [...selectors, ...target.selectors.filter((selector) => !chosen.has(canonicalJson(selector)))];
}

function callOf(step: Step): { workflowId: string; version: string } | undefined {
  return step.type === "customStep" && step.name === "deskhand.workflow" ? step.parameters : undefined;
}

/** The part of a step that holds its selectors. */
function targetOf(step: Step): { selectors: Selectors } | undefined {
  const part = step.type === "customStep" ? step.parameters : step;
  return "selectors" in part && part.selectors ? (part as { selectors: Selectors }) : undefined;
}
