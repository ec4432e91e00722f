import type { Context } from "@/server/context";
import { raiseFailedDeployments } from "@/server/domain/alert/raise-failed-deployments";
import { watchRunners } from "@/server/domain/alert/watch-runners";
import type { JobMeans } from "./means.ts";

/** Finds what people asked to be told of: see the two use cases. */
export async function raiseAlerts(ctx: Context, means: JobMeans): Promise<void> {
  await raiseFailedDeployments(ctx, means);
  await watchRunners(ctx, means);
}
