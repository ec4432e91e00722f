import type { Query } from "@/server/db";
import { notifySql, signalTexts } from "@/server/signals";

/**
 * Marks the deployments of runs that ended badly, in the transaction that ended them. Whether and when there is an alert is decided by
 * `raiseFailedDeployments`, so that a thousand failures are one row and one look.
 */
export async function noteFailedRuns(query: Query, runIds: string[], at: Date): Promise<void> {
  // in the order of the keys, so that two who mark the same ones do not wait for each other
  await query(
    `with marked as (
      insert into "FailedDeployment" ("deploymentId", "firstFailedAt")
      select distinct "deploymentId", $2::timestamptz from "Run" where id = any($1::uuid[]) order by "deploymentId"
      on conflict do nothing
    )
    select ${notifySql("$3")} as told`,
    runIds,
    at,
    signalTexts([{ kind: "alerts" }]),
  );
}
