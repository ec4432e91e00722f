import { commandFinished } from "@deskhand/shared/protocol/commands";
import { finishCommand } from "@/server/domain/command/finish-command";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** Records the end of a command that is not a run. */
export function handleCommandFinished({ ctx, connection, listening, deliver }: RunnerSocket): void {
  const { runnerId } = connection;
  onMessage(listening, "command-finished", commandFinished, async ({ commandId, state, failureCode, result }) => {
    await finishCommand(ctx, { runnerId, commandId, state, failureCode, result });
    deliver(connection, { freed: true });
    return { ok: true };
  });
}
