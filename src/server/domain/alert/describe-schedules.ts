import type { AlertContent } from "@deskhand/shared/schemas/alert";
import { firingReason } from "@deskhand/shared/schemas/schedule";
import * as z from "zod";
import type { Tx } from "@/server/db";
import type { Prisma } from "@/server/generated/prisma/client";

type Project = { id: string; name: string };

const named = { select: { id: true, name: true } } as const;
const facts = {
  id: true,
  createdAt: true,
  runner: named,
  workflowVersion: { select: { number: true, workflow: named } },
} satisfies Prisma.DeploymentSelect;

/** What there is to say of times that a runner missed, an alert each. */
export async function describeMissed(tx: Tx, project: Project, ids: string[], publicUrl: string): Promise<AlertContent[]> {
  const firings = await tx.scheduleFiring.findMany({
    where: { id: { in: ids } },
    include: { deployment: { select: facts } },
    orderBy: [{ dueAt: "asc" }, { id: "asc" }],
  });
  return firings.map(({ id, dueAt, count, reason, deployment }) => ({
    type: "schedule.missed",
    data: {
      ...about(project, deployment, publicUrl),
      firing: { id, dueAt: dueAt.toISOString(), count, reason: firingReason.nullable().parse(reason) },
    },
  }));
}

const ordered = z.object({ deploymentId: z.uuid(), paused: z.boolean().optional() });

/** What there is to say of orders about schedules that their runner did not carry out, an alert each. */
export async function describeRefused(tx: Tx, project: Project, ids: string[], publicUrl: string): Promise<AlertContent[]> {
  const orders = (await tx.command.findMany({ where: { id: { in: ids } }, orderBy: { position: "asc" } })).map((command) => {
    const { deploymentId, paused } = ordered.parse(command.payload);
    return { ...command, deploymentId, what: whatOf(command.kind, paused) };
  });
  const deployments = await tx.deployment.findMany({
    where: { id: { in: orders.map(({ deploymentId }) => deploymentId) } },
    select: facts,
  });
  return orders.flatMap(({ id, deploymentId, what, failureCode }): AlertContent[] => {
    const deployment = deployments.find((one) => one.id === deploymentId);
    if (!deployment) return [];
    return [
      {
        type: "schedule.refused",
        data: { ...about(project, deployment, publicUrl), order: { id, what }, code: failureCode ?? "INTERNAL" },
      },
    ];
  });
}

function whatOf(kind: string, paused: boolean | undefined): "install" | "pause" | "resume" | "remove" {
  if (kind === "schedule.install") return "install";
  if (kind === "schedule.remove") return "remove";
  return paused ? "pause" : "resume";
}

function about(project: Project, deployment: Prisma.DeploymentGetPayload<{ select: typeof facts }>, publicUrl: string) {
  const { id, createdAt, runner, workflowVersion } = deployment;
  return {
    project,
    deployment: { id, createdAt: createdAt.toISOString() },
    workflow: { ...workflowVersion.workflow, version: workflowVersion.number },
    runner,
    url: `${publicUrl}/dashboard/deployments/${id}`,
  };
}
