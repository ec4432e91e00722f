import type { Tx } from "@/server/db";
import { sendSignals } from "@/server/signals";

/**
 * Marks the deployment of a run that ended badly, in the transaction that ended it. Whether and when there is an alert is decided by
 * `raiseFailedDeployments`, so that a thousand failures are one row and one look.
 */
export async function noteFailedRun(tx: Tx, runId: string, at: Date): Promise<void> {
  // one statement for a thousand runs that fail together; Prisma has no "on conflict" from another table
  await tx.$executeRaw`
    insert into "FailedDeployment" ("deploymentId", "firstFailedAt")
    select "deploymentId", ${at}::timestamptz from "Run" where id = ${runId}::uuid
    on conflict do nothing`;
  await sendSignals(tx, [{ kind: "alerts" }]);
}
