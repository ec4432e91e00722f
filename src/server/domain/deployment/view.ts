import { type DeploymentSchedule, type DeploymentView, deploymentSchedule } from "@deskhand/shared/schemas/deployment";
import { schedule } from "@deskhand/shared/schemas/schedule";
import type { Deployment } from "@/server/generated/prisma/client";

type ScheduleRow = Pick<
  Deployment,
  | "schedule"
  | "profileIds"
  | "scheduleInstalledAt"
  | "scheduleFailureCode"
  | "schedulePausedAt"
  | "scheduleRemovedAt"
  | "scheduleOrder"
  | "scheduleOrderedAt"
  | "scheduleOrderFailure"
>;

export type DeploymentRow = ScheduleRow & {
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
    schedule: viewSchedule(deployment),
  };
}

/** When its runner has it run by itself; null: once. */
export function viewSchedule(row: ScheduleRow): DeploymentSchedule | null {
  if (row.schedule === null) return null;
  return {
    ...schedule.parse(row.schedule),
    profileIds: row.profileIds,
    installedAt: row.scheduleInstalledAt?.toISOString() ?? null,
    failureCode: row.scheduleFailureCode,
    pausedAt: row.schedulePausedAt?.toISOString() ?? null,
    removedAt: row.scheduleRemovedAt?.toISOString() ?? null,
    asked: viewAsked(row),
  };
}

/** What a schedule's runner was asked and has not answered yet. */
export function orderUnderWay(row: ScheduleRow): NonNullable<DeploymentSchedule["asked"]>["what"] | undefined {
  const view = viewAsked(row);
  return view?.failureCode === null ? view.what : undefined;
}

const asked = deploymentSchedule.shape.asked.unwrap().unwrap();

function viewAsked({ scheduleOrder, scheduleOrderedAt, scheduleOrderFailure }: ScheduleRow): DeploymentSchedule["asked"] {
  if (scheduleOrder === null || scheduleOrderedAt === null) return null;
  return asked.parse({ what: scheduleOrder, at: scheduleOrderedAt.toISOString(), failureCode: scheduleOrderFailure });
}
