import type { Recording } from "@deskhand/shared/schemas/recording";
import type { WorkflowVersionDetail, WorkflowVersionView, WorkflowView } from "@deskhand/shared/schemas/workflow";
import type { Workflow, WorkflowVersion } from "@/server/generated/prisma/client";
import { type CalledNames, inputSchemaOf, viewSteps } from "./read-recording.ts";

/** What a workflow's view tells of its latest version and its newest run. */
export type WorkflowFacts = { latestVersion: number; stepCount: number; lastRunState: string | null; lastRunAt: Date | null };

export function viewWorkflow(workflow: Workflow, facts: WorkflowFacts): WorkflowView {
  return {
    id: workflow.id,
    projectId: workflow.projectId,
    name: workflow.name,
    latestVersion: facts.latestVersion,
    stepCount: facts.stepCount,
    lastRunState: facts.lastRunState,
    lastRunAt: facts.lastRunAt?.toISOString() ?? null,
    createdAt: workflow.createdAt.toISOString(),
    updatedAt: workflow.updatedAt.toISOString(),
  };
}

/** `createdBy` is the name of the person, where it is known. */
export function viewWorkflowVersion(version: Omit<WorkflowVersion, "content">, createdBy: string | null): WorkflowVersionView {
  return {
    id: version.id,
    workflowId: version.workflowId,
    number: version.number,
    contentHash: version.contentHash,
    draft: version.draft,
    basedOn: version.basedOn,
    createdAt: version.createdAt.toISOString(),
    createdBy,
  };
}

export function viewWorkflowVersionDetail(version: WorkflowVersion, createdBy: string | null, called: CalledNames): WorkflowVersionDetail {
  const recording = version.content as unknown as Recording;
  return {
    ...viewWorkflowVersion(version, createdBy),
    steps: viewSteps(recording, called),
    inputSchema: inputSchemaOf(recording),
    recording: recording as unknown as Record<string, unknown>,
  };
}
