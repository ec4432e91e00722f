import { goodbye } from "@deskhand/shared/protocol/handshake";
import { noteGoodbye } from "@/server/domain/runner/note-goodbye";
import { onMessage } from "@/server/relay/messages";
import { contextFor } from "@/server/relay/parts";
import type { RunnerSocket } from "./runner-socket.ts";

/** The runner stops on purpose, so nobody is told that it has gone silent. */
export function handleGoodbye({ parts, connection, listening }: RunnerSocket): void {
  const { runnerId, projectId, connectionId } = connection;
  const ctx = contextFor(parts, { kind: "runner", runnerId, projectId });
  onMessage(listening, "goodbye", goodbye, async () => {
    await noteGoodbye(ctx, { runnerId, connectionId });
    connection.saidGoodbye = true;
    return { ok: true };
  });
}
