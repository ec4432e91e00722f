import { canonicalJson } from "@deskhand/shared/schemas/canonical-json";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import type { RepairedStep, repairStepInput } from "@deskhand/shared/schemas/repair";
import { placesOfRun, type RunPlace } from "@deskhand/shared/schemas/run-places";
import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import { walkSteps } from "@deskhand/shared/schemas/walk-steps";
import type * as z from "zod";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { findOlderSchedules } from "@/server/domain/deployment/older-schedules";
import { writeVersion } from "@/server/domain/workflow/add-workflow-version";
import { findNames } from "@/server/domain/workflow/queries";
import { readRecording } from "@/server/domain/workflow/read-recording";
import { viewWorkflowVersion } from "@/server/domain/workflow/view";
import { AppError } from "@/server/errors";
import type { Prisma, WorkflowVersion } from "@/server/generated/prisma/client";
import { findRun } from "./queries.ts";

/**
 * Makes a new version of a run's workflow in which this step looks for these selectors first, and for its own after them. It begins with the
 * latest version, whose step there has to be the one that the run had: somebody may have changed the workflow since. After a run of a draft
 * it begins with that. A step of a workflow
 * that the run's own calls is repaired there, and whatever calls that gets a new version that calls the new one. All of these versions are
 * made, or none. One of a workflow with tests is a draft, and so is what calls a draft, or comes of one.
 * @throws AppError NOT_FOUND also for a step that looks for nothing, CONFLICT when a latest version has another step there, and what
 * writeVersion throws
 */
export async function repairStep(ctx: Context, input: z.output<typeof repairStepInput>): Promise<RepairedStep> {
  const run = await findRun(ctx, input.id, "workflow.write");
  const [ran, deployment] = await Promise.all([
    ctx.db.workflowVersion.findUniqueOrThrow({
      where: { id: run.workflowVersionId },
      select: { workflowId: true, contentHash: true, content: true },
    }),
    ctx.db.deployment.findUniqueOrThrow({ where: { id: run.deploymentId }, select: { workflows: true } }),
  ]);
  const called = new Map(Object.entries((deployment.workflows ?? {}) as unknown as Record<string, Recording>));
  const places = placesOfRun(ran.content as unknown as Recording, called);
  const failed = places[input.step];
  const target = failed && targetOf(failed.step);
  if (!failed || !target) throw new AppError("NOT_FOUND", { details: { what: "step" } });

  // from the failed step out to the run's own workflow; all of it is looked at before anything is written
  const changes: Change[] = [];
  for (let place: RunPlace | undefined = failed; place; place = place.caller === null ? undefined : places[place.caller]) {
    const caller: RunPlace | undefined = place.caller === null ? undefined : places[place.caller];
    const call = caller && callOf(caller.step);
    const workflowId = call?.workflowId ?? ran.workflowId;
    const base = await findBase(ctx, workflowId, call?.version ?? ran.contentHash);
    // of a called workflow, what is called: taking what came after it was nobody's wish
    if (!base || (call && call.version !== base.contentHash)) throw new AppError("CONFLICT");
    const recording = base.content as unknown as Recording;
    const step = walkSteps(recording.steps)[place.index - (caller?.inside?.first ?? 0)]?.step;
    if (!step || !isSame(step, place.step)) throw new AppError("CONFLICT");
    if (place === failed) prefer(step, input.selectors);
    changes.push({ ...base, recording, calling: place === failed ? undefined : step });
  }
  const made = await ctx.db.$transaction((tx) => writeAll(tx, ctx, run.projectId, changes));
  const own = made.at(-1);
  if (!own) throw new AppError("NOT_FOUND");
  const [names, schedules] = await Promise.all([
    findNames(ctx, [own.version]),
    findOlderSchedules(
      ctx,
      made.map(({ version: { workflowId, number } }) => ({ workflowId, newest: number })),
    ),
  ]);
  return {
    ...viewWorkflowVersion(own.version, names(own.version.createdById)),
    versions: made.map(({ version: { workflowId, number, draft }, workflowName }) => ({ workflowId, workflowName, number, draft })),
    schedules,
  };
}

type Change = NonNullable<Awaited<ReturnType<typeof findBase>>> & {
  recording: Recording;
  /** The step that calls what was changed before it. */
  calling: Step | undefined;
};
type Made = { version: Omit<WorkflowVersion, "content">; workflowName: string };

/** The first stands by itself; each after it calls the one before. What somebody has published since they were read undoes all of it. */
async function writeAll(tx: Tx, ctx: Context, projectId: string, changes: Change[]): Promise<Made[]> {
  const made: Made[] = [];
  for (const { workflowId, workflow, basedOn, recording, calling, ...base } of changes) {
    const before = made.at(-1)?.version;
    const call = calling && callOf(calling);
    if (call && before) call.version = before.contentHash;
    const draft = base.draft || before?.draft === true || (recording.tests?.length ?? 0) > 0;
    const checked = readRecording(JSON.stringify(recording));
    const version = await writeVersion(tx, ctx, {
      workflow: { id: workflowId, projectId },
      recording: checked,
      draft,
      basedOn,
    });
    made.push({ version, workflowName: workflow.name });
  }
  return made;
}

/** What is changed: the draft that ran, or the latest version; and what has to be the latest still when that is written. */
async function findBase(ctx: Context, workflowId: string, ranHash: string) {
  const find = (where: Prisma.WorkflowVersionWhereInput) =>
    ctx.db.workflowVersion.findFirst({
      where: { workflowId, ...where },
      orderBy: { number: "desc" },
      select: { workflowId: true, draft: true, content: true, contentHash: true, basedOn: true, workflow: { select: { name: true } } },
    });
  const draft = await find({ draft: true, contentHash: ranHash });
  if (draft) return { ...draft, basedOn: draft.basedOn ?? undefined };
  const latest = await find({ draft: false });
  return latest && { ...latest, basedOn: latest.contentHash };
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
