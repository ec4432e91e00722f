import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Step } from "@deskhand/shared/schemas/recording-steps";
import {
  type ArtifactView,
  artifactType,
  personReason,
  type RunDetail,
  type RunStepView,
  type RunView,
  runStepState,
} from "@deskhand/shared/schemas/run";
import { placesOfRun, type RunPlace } from "@deskhand/shared/schemas/run-places";
import { viewRefusal } from "@/server/domain/refusal/view";
import { isOnline } from "@/server/domain/runner/rules";
import { viewStep } from "@/server/domain/workflow/read-recording";
import type { Artifact, Refusal, Run, RunStep } from "@/server/generated/prisma/client";

export type RunRow = Run & {
  workflowVersion: { number: number; workflow: { id: string; name: string } };
  runner: {
    name: string;
    connectionId: string | null;
    lastSeenAt: Date | null;
    paused: boolean;
    policyPaused: boolean;
    policyQuietUntil: Date | null;
  };
  profile: { name: string; holderKind: string | null; holderId: string | null; holderSince: Date | null };
};

/** What people call whoever uses a profile; by the holder's id. */
export type HolderNames = ReadonlyMap<string, string>;

export function viewRun(run: RunRow, now: Date, names: HolderNames = new Map()): RunView {
  return {
    id: run.id,
    projectId: run.projectId,
    deploymentId: run.deploymentId,
    workflowId: run.workflowVersion.workflow.id,
    workflowName: run.workflowVersion.workflow.name,
    version: run.workflowVersion.number,
    runnerId: run.runnerId,
    runnerName: run.runner.name,
    runnerOnline: isOnline(run.runner, now),
    runnerPaused: run.runner.policyPaused,
    runnerPausedByProject: run.runner.paused,
    runnerQuietUntil: run.runner.policyQuietUntil?.toISOString() ?? null,
    profileId: run.profileId,
    profileName: run.profile.name,
    waitsFor: viewHolder(run, names),
    state: run.state,
    failureCode: run.failureCode,
    failureStep: run.failureStep,
    cancelRequestedAt: run.cancelRequestedAt?.toISOString() ?? null,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
    waiting: viewWaiting(run),
  };
}

function viewWaiting({ waitingSince, waitingUntil, waitingReason, waitingStep }: Run): RunView["waiting"] {
  const reason = personReason.safeParse(waitingReason);
  if (!waitingSince || !waitingUntil || waitingStep === null || !reason.success) return null;
  return { since: waitingSince.toISOString(), until: waitingUntil.toISOString(), reason: reason.data, step: waitingStep };
}

/** Numbers of the versions that steps of a run call, by workflow and hash; without those that are not there any more. */
export type CalledVersions = ReadonlyMap<string, number>;

export function calledKey({ workflowId, version }: { workflowId: string; version: string }): string {
  return `${workflowId} ${version}`;
}

type Left = {
  held: RunDetail["held"];
  begun: RunDetail["begun"];
  manifestId: string | null;
  names: HolderNames;
  record: boolean;
  recordWindow: boolean;
  trial: boolean;
  /** other workflows that it runs, by the hash of their content */
  workflows: Record<string, Recording> | null;
  called: CalledVersions;
  steps: RunStep[];
  artifacts: Artifact[];
  refusals: Refusal[];
};

export function viewRunDetail(run: RunRow, recording: Recording, left: Left, now: Date): RunDetail {
  const { held, begun, manifestId, names, record, recordWindow, trial, workflows, called, steps, artifacts, refusals } = left;
  return {
    ...viewRun(run, now, names),
    revision: revisionOf(run),
    begun,
    manifestId,
    record,
    window: recordWindow,
    trial,
    held,
    proxyMismatch: run.proxyMismatch,
    steps: viewRunSteps(placesOfRun(recording, new Map(Object.entries(workflows ?? {}))), steps, called),
    artifacts: artifacts.map(viewArtifact),
    refusals: refusals.map(viewRefusal),
  };
}

/** Does it wait for whoever uses its profile, as its runner said last? */
export function waitsForHolder({ id, state, profile: { holderKind, holderId } }: Pick<RunRow, "id" | "state" | "profile">): boolean {
  return holderKind !== null && holderId !== id && (state === "queued" || state === "leased" || state === "accepted");
}

function viewHolder(run: RunRow, names: HolderNames): RunView["waitsFor"] {
  const { holderKind, holderId, holderSince } = run.profile;
  if (!waitsForHolder(run) || !holderKind || !holderId || !holderSince) return null;
  return { kind: holderKind, since: holderSince.toISOString(), by: names.get(holderId) ?? null };
}

/** Two views of a run with the same revision are the same but for what is told of its runner. */
export function revisionOf(run: Pick<Run, "lastEventSeq" | "state" | "cancelRequestedAt">): string {
  return `${run.lastEventSeq}.${run.state}${run.cancelRequestedAt ? ".cancelling" : ""}`;
}

/** Every step that the run may come to with what has become of it; those without a row are still to come. */
function viewRunSteps(places: RunPlace[], steps: RunStep[], called: CalledVersions): RunStepView[] {
  const byIndex = new Map(steps.map((step) => [step.index, step]));
  return withoutUntold(places, byIndex).map(({ index, number, caller, depth, step, inside }) => {
    const row = byIndex.get(index);
    const { target, detail, ...view } = viewStep(step, index, depth);
    return {
      ...view,
      ...(inside ? { target: `“${inside.title}”`, detail: null } : { target, detail }),
      number,
      caller,
      called: viewCalled(step, called),
      state: runStepState.catch("pending").parse(row?.state ?? "pending"),
      startedAt: row?.startedAt.toISOString() ?? null,
      durationMs: row?.durationMs ?? null,
      failureCode: row?.failureCode ?? null,
      turns: row?.turns ?? 0,
    };
  });
}

function viewCalled(step: Step, called: CalledVersions): RunStepView["called"] {
  if (step.type !== "customStep" || step.name !== "deskhand.workflow") return null;
  const { workflowId } = step.parameters;
  const version = called.get(calledKey(step.parameters));
  return version === undefined ? null : { workflowId, version };
}

/** Older runners do not tell of the steps of workflows that a run calls: without those that seem not to have been reached. */
function withoutUntold(places: RunPlace[], rows: ReadonlyMap<number, RunStep>): RunPlace[] {
  const inner = places.filter(({ caller }) => caller !== null);
  const isOver = (index: number) => (rows.get(index)?.durationMs ?? null) !== null && rows.get(index)?.state !== "skipped";
  const isUntold = !inner.some(({ index }) => rows.has(index)) && inner.some(({ caller }) => caller !== null && isOver(caller));
  return isUntold ? places.filter(({ caller }) => caller === null) : places;
}

function viewArtifact(artifact: Artifact): ArtifactView {
  return {
    id: artifact.id,
    runId: artifact.runId,
    type: artifactType.parse(artifact.type),
    name: artifact.name,
    stepIndex: artifact.stepIndex,
    bytes: artifact.bytes,
    sha256: artifact.sha256,
    contentType: artifact.contentType,
    createdAt: artifact.createdAt.toISOString(),
  };
}
