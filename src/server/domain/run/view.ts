import type { Recording } from "@deskhand/shared/schemas/recording";
import {
  type ArtifactView,
  artifactType,
  type RunDetail,
  type RunStepView,
  type RunView,
  runStepState,
} from "@deskhand/shared/schemas/run";
import { viewRefusal } from "@/server/domain/refusal/view";
import { isOnline } from "@/server/domain/runner/rules";
import { viewSteps } from "@/server/domain/workflow/read-recording";
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
  profile: { name: string };
};

export function viewRun(run: RunRow, now: Date): RunView {
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
    state: run.state,
    failureCode: run.failureCode,
    failureStep: run.failureStep,
    cancelRequestedAt: run.cancelRequestedAt?.toISOString() ?? null,
    createdAt: run.createdAt.toISOString(),
    startedAt: run.startedAt?.toISOString() ?? null,
    finishedAt: run.finishedAt?.toISOString() ?? null,
  };
}

type Left = { manifestId: string | null; steps: RunStep[]; artifacts: Artifact[]; refusals: Refusal[] };

export function viewRunDetail(run: RunRow, recording: Recording, { manifestId, steps, artifacts, refusals }: Left, now: Date): RunDetail {
  return {
    ...viewRun(run, now),
    revision: revisionOf(run),
    manifestId,
    steps: viewRunSteps(recording, steps),
    artifacts: artifacts.map(viewArtifact),
    refusals: refusals.map(viewRefusal),
  };
}

/** Two views of a run with the same revision are the same but for what is told of its runner. */
export function revisionOf(run: Pick<Run, "lastEventSeq" | "state" | "cancelRequestedAt">): string {
  return `${run.lastEventSeq}.${run.state}${run.cancelRequestedAt ? ".cancelling" : ""}`;
}

/** Every step of the recording with what has become of it; those without a row are still to come. */
function viewRunSteps(recording: Recording, steps: RunStep[]): RunStepView[] {
  const byIndex = new Map(steps.map((step) => [step.index, step]));
  return viewSteps(recording).map((step) => {
    const row = byIndex.get(step.index);
    return {
      ...step,
      state: runStepState.catch("pending").parse(row?.state ?? "pending"),
      startedAt: row?.startedAt.toISOString() ?? null,
      durationMs: row?.durationMs ?? null,
      failureCode: row?.failureCode ?? null,
    };
  });
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
