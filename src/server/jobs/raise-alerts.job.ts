import type { Context } from "@/server/context";
import { raiseFailedDeployments } from "@/server/domain/alert/raise-failed-deployments";
import { raiseWaitingRuns } from "@/server/domain/alert/raise-waiting-runs";
import { tellEvents } from "@/server/domain/alert/tell-events";
import { tellFinishedDeployments } from "@/server/domain/alert/tell-finished-deployments";
import { watchBackups } from "@/server/domain/alert/watch-backups";
import { watchRunners } from "@/server/domain/alert/watch-runners";
import type { JobMeans } from "./means.ts";

/** Finds what people asked to be told of: see the use cases. */
export async function raiseAlerts(ctx: Context, means: JobMeans): Promise<void> {
  await raiseFailedDeployments(ctx, means);
  await raiseWaitingRuns(ctx, means);
  await tellFinishedDeployments(ctx, means);
  await watchRunners(ctx, means);
  await watchBackups(ctx, means);
  await tellEvents(ctx, means);
}
