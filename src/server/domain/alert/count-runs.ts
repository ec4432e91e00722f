import type { RunCounts } from "@deskhand/shared/schemas/alert";
import { type CommandState, isFinal } from "@deskhand/shared/schemas/run";
import type { Tx } from "@/server/db";
import { Prisma } from "@/server/generated/prisma/client";

/** How the runs of a deployment stand; those alone that are `among`, a condition on "Run" r. */
export async function countRuns(tx: Tx, deploymentId: string, among = Prisma.sql`true`): Promise<RunCounts> {
  const groups = await tx.$queryRaw<{ state: CommandState; count: number }[]>`
    select r.state::text, count(*)::int as count from "Run" r where r."deploymentId" = ${deploymentId}::uuid and ${among} group by 1`;
  const counts: RunCounts = { total: 0, succeeded: 0, failed: 0, expired: 0, cancelled: 0, active: 0 };
  for (const { state, count } of groups) {
    counts.total += count;
    if (!isFinal(state)) counts.active += count;
    else if (state === "succeeded" || state === "failed" || state === "expired" || state === "cancelled") counts[state] += count;
  }
  return counts;
}
