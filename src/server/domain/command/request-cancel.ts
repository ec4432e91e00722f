import { type CommandState, isFinal } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { changeState, holdCommand, noteChange } from "./change-state.ts";

/**
 * Asks for the end of a command within the caller's transaction; the caller has authorized it. One that was never sent is cancelled
 * at once, and its run with it. One that the runner may have is cancelled when the runner confirms it, or when its lease ends
 * without a word from the runner (then it is told as unconfirmed). One that is over stays as it is.
 * @returns the state in which the command is now
 * @throws AppError NOT_FOUND
 */
export async function requestCancel(tx: Tx, ctx: Context, commandId: string): Promise<{ state: CommandState }> {
  const command = await holdCommand(tx, { id: commandId });
  if (!command) throw new AppError("NOT_FOUND");
  if (isFinal(command.state)) return { state: command.state };
  if (!command.cancelRequestedAt) {
    const cancelRequestedAt = ctx.clock.now();
    await tx.command.update({ where: { id: command.id }, data: { cancelRequestedAt } });
    if (command.runId) await tx.run.update({ where: { id: command.runId }, data: { cancelRequestedAt } });
    if (command.state !== "queued") {
      await noteChange(tx, ctx, command, { from: command.state, to: command.state, reason: "CANCEL_REQUESTED" });
    }
  }
  if (command.state === "queued") {
    await changeState(tx, ctx, command, { to: "cancelled", failureCode: "CANCELLED" });
    return { state: command.state };
  }
  const { projectId, runnerId, runId } = command;
  ctx.logger.info({ commandId: command.id, runId, runnerId, state: command.state }, "a cancel was asked");
  await sendSignals(tx, [
    { kind: "cancels", runnerId },
    ...(runId ? [{ kind: "change", projectId, topic: "run", id: runId } as const] : []),
  ]);
  return { state: command.state };
}
