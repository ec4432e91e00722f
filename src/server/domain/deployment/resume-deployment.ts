import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findDeployment } from "./progress.ts";

/** Lets the runs of a paused deployment go out again, with the time that the pause took put to their deadlines. @throws AppError NOT_FOUND */
export async function resumeDeployment(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId, runnerId } = await findDeployment(ctx, input.id, "run.write");
  const now = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    // in one statement with the time that it took, which Prisma cannot add
    await tx.$executeRaw`
      with resumed as (
        select id, "pausedAt" from "Deployment" where id = ${id}::uuid and "pausedAt" is not null for no key update
      ), deployment as (
        update "Deployment" d set "pausedAt" = null from resumed where d.id = resumed.id
      )
      update "Command" c set paused = false, "deadlineAt" = c."deadlineAt" + greatest(interval '0', ${now}::timestamptz - resumed."pausedAt")
      from resumed join "Run" r on r."deploymentId" = resumed.id
      where c."runId" = r.id and c."finishedAt" is null and c.paused`;
    await sendSignals(tx, [
      { kind: "commands", runnerId },
      { kind: "change", projectId, topic: "deployment", id },
    ]);
  });
  return { done: true };
}
