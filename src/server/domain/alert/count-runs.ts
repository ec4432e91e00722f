import type { RunCounts } from "@deskhand/shared/schemas/alert";
import { isFinal } from "@deskhand/shared/schemas/run";
import type { Tx } from "@/server/db";

/** How the runs of a deployment stand. */
export async function countRuns(tx: Tx, deploymentId: string): Promise<RunCounts> {
  const groups = await tx.run.groupBy({ by: ["state"], where: { deploymentId }, _count: { _all: true } });
  const counts: RunCounts = { total: 0, succeeded: 0, failed: 0, expired: 0, cancelled: 0, active: 0 };
  for (const { state, _count } of groups) {
    counts.total += _count._all;
    if (!isFinal(state)) counts.active += _count._all;
    else if (state === "succeeded" || state === "failed" || state === "expired" || state === "cancelled") counts[state] += _count._all;
  }
  return counts;
}
