import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { failMove } from "./end-move.ts";
import { holdMove } from "./held-move.ts";
import { endSettled } from "./settle-moves.ts";

/**
 * Asks for a move to be given up. The profile stays where it is unless the other runner has it already, which it then says.
 * @throws AppError NOT_FOUND, CONFLICT for one that is over
 */
export async function cancelMove(ctx: Context, { id }: { id: string }): Promise<{ done: true }> {
  const found = await ctx.db.profileMove.findUnique({ where: { id } });
  if (!found) throw new AppError("NOT_FOUND");
  await authorize(ctx, found.projectId, "profile.write");
  if (found.finishedAt) throw new AppError("CONFLICT", { userMessage: "This move is over." });
  await ctx.db.$transaction(async (tx) => {
    // commands before moves, as everybody who holds both
    const commandId = found.state === "sending" ? found.outCommandId : found.inCommandId;
    if (commandId) return void (await requestCancel(tx, ctx, commandId));
    const query = queryIn(tx);
    const move = await holdMove(query, { id });
    if (move?.state !== "waiting") throw new AppError("CONFLICT", { userMessage: "It has just begun. Try again." });
    await sendSignals(tx, await failMove(query, ctx, move, { isCancelled: true, failureCode: null }));
  });
  // one that had not been sent is over at once
  await endSettled(ctx, id);
  return { done: true };
}
