import { isFinal, type RunView } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { AppError } from "@/server/errors";
import { findRun } from "./queries.ts";
import { viewRun } from "./view.ts";

/**
 * Asks for a run to stop. One that was never sent is cancelled at once; otherwise it ends when its runner confirms, or loses it.
 * Asking again changes nothing. @throws AppError NOT_FOUND, RUN_FINISHED
 */
export async function cancelRun(ctx: Context, input: { id: string }): Promise<RunView> {
  const { id } = await findRun(ctx, input.id, "run.write");
  await ctx.db.$transaction(async (tx) => {
    const command = await tx.command.findUnique({ where: { runId: id }, select: { id: true, state: true } });
    if (!command || isFinal(command.state)) throw new AppError("RUN_FINISHED");
    await requestCancel(tx, ctx, command.id);
  });
  return viewRun(await findRun(ctx, id, "run.write"), ctx.clock.now());
}
