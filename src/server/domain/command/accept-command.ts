import type { CommandState } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import type { Changes, HeldCommand } from "./change-state.ts";
import { decideOnCommand } from "./decide-on-command.ts";
import { judgeToken, LEASE_MS } from "./rules.ts";

/**
 * Nobody waits for an acceptance, and the end of what is quickly done comes right behind it: they go together, in milliseconds. One that is
 * lost with this process is as an answer that was lost.
 */
const PATIENCE_MS = 5;

/**
 * The runner has the command in its journal. The token of the delivery before is as good as the last: the runner knows a command by
 * its id, so whichever delivery it answered, it has it. A repeat changes nothing and is answered the same.
 * @throws AppError NOT_FOUND for a command of another runner, LEASE_STALE for a token that names neither delivery
 */
export function acceptCommand(
  ctx: Context,
  input: { runnerId: string; commandId: string; leaseToken: string; leaseMs?: number },
): Promise<{ state: CommandState; cancelRequested: boolean }> {
  const decide = (command: HeldCommand | undefined, changes: Changes) => {
    if (command?.runnerId !== input.runnerId) throw new AppError("NOT_FOUND");
    if (judgeToken(command, input.leaseToken) === "stale") throw new AppError("LEASE_STALE");
    if (command.state === "leased") {
      const leaseExpiresAt = new Date(ctx.clock.now().getTime() + (input.leaseMs ?? LEASE_MS));
      changes.move(ctx, command, { to: "accepted", leaseExpiresAt });
    }
    return { state: command.state, cancelRequested: command.cancelRequestedAt !== null };
  };
  return decideOnCommand(ctx, input.commandId, decide, { patienceMs: PATIENCE_MS });
}
