import type { ErrorCode } from "@deskhand/shared/error-codes";
import type { CommandState } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { changeState, holdCommand } from "./change-state.ts";
import { judgeRefusal } from "./rules.ts";

/** How long a command that the runner could not take just now waits before it is sent again, in milliseconds. */
const LATER_MS = 5_000;

/**
 * The runner did not journal this delivery. When the reason passes, the command is sent again soon; when it does not, the command
 * has failed. A refusal of an older delivery says nothing about the one after it and changes nothing.
 * @throws AppError NOT_FOUND for a command of another runner, LEASE_STALE when the token is not the last
 */
export async function refuseCommand(
  ctx: Context,
  input: { runnerId: string; commandId: string; leaseToken: string; code: ErrorCode },
): Promise<{ state: CommandState }> {
  return ctx.db.$transaction(async (tx) => {
    const command = await holdCommand(tx, { id: input.commandId });
    if (command?.runnerId !== input.runnerId) throw new AppError("NOT_FOUND");
    if (command.leaseToken !== input.leaseToken) throw new AppError("LEASE_STALE");
    if (command.state !== "leased") return { state: command.state };
    const { runId, runnerId } = command;
    ctx.logger.info({ commandId: command.id, runId, runnerId, reason: input.code }, "a runner refused a command");
    const verdict = judgeRefusal(input.code);
    if (verdict !== "later") {
      await changeState(tx, ctx, command, { to: "failed", failureCode: verdict });
    } else if (command.cancelRequestedAt) {
      await changeState(tx, ctx, command, { to: "cancelled", failureCode: "CANCELLED" });
    } else if (command.deadlineAt <= ctx.clock.now()) {
      await changeState(tx, ctx, command, { to: "expired", failureCode: "COMMAND_EXPIRED" });
    } else {
      const leaseExpiresAt = new Date(ctx.clock.now().getTime() + LATER_MS);
      await tx.command.update({ where: { id: command.id }, data: { leaseExpiresAt } });
    }
    return { state: command.state };
  });
}
