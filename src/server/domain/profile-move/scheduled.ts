import type { Tx } from "@/server/db";

/** Those of the profiles that a schedule runs on: it lies on the runner that they would leave. */
export async function findScheduled(tx: Tx, projectId: string, ids: string[]): Promise<Set<string>> {
  const deployments = await tx.deployment.findMany({
    where: { projectId, scheduleRemovedAt: null, profileIds: { hasSome: ids } },
    select: { profileIds: true },
  });
  return new Set(deployments.flatMap(({ profileIds }) => profileIds));
}
