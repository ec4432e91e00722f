import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";

/** A run that the actor may look at live. @throws AppError NOT_FOUND also for one of another project; see `authorize` */
export async function findWatchedRun(ctx: Context, runId: string): Promise<{ runId: string; runnerId: string; projectId: string }> {
  const run = await ctx.db.run.findUnique({ where: { id: runId }, select: { runnerId: true, projectId: true } });
  if (!run) throw new AppError(ctx.actor.kind === "anonymous" ? "UNAUTHENTICATED" : "NOT_FOUND");
  await authorize(ctx, run.projectId, "project.read");
  return { runId, ...run };
}
