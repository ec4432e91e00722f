import { goodbye } from "@deskhand/shared/protocol/handshake";
import { noteGoodbye } from "@/server/domain/runner/note-goodbye";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** The runner stops on purpose, so nobody is told that it has gone silent. */
export function handleGoodbye({ ctx, connection, listening }: RunnerSocket): void {
  const { runnerId, connectionId } = connection;
  onMessage(listening, "goodbye", goodbye, async () => {
    await noteGoodbye(ctx, { runnerId, connectionId });
    connection.saidGoodbye = true;
    return { ok: true };
  });
}
