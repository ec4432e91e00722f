import type { DeploymentView } from "@deskhand/shared/schemas/deployment";

export type DeploymentRow = {
  id: string;
  projectId: string;
  runnerId: string;
  createdAt: Date;
  workflowVersion: { number: number; workflow: { id: string; name: string } };
  runs: { id: string }[];
};

export function viewDeployment(deployment: DeploymentRow): DeploymentView {
  const { number, workflow } = deployment.workflowVersion;
  return {
    id: deployment.id,
    projectId: deployment.projectId,
    workflowId: workflow.id,
    workflowName: workflow.name,
    version: number,
    runnerId: deployment.runnerId,
    runIds: deployment.runs.map(({ id }) => id),
    createdAt: deployment.createdAt.toISOString(),
  };
}
