import { keyRotation } from "@deskhand/shared/protocol/key-rotation";
import { rotateRunnerKey } from "@/server/domain/runner/rotate-runner-key";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** Takes the device key that a runner made in the place of the one it has. */
export function handleKeyRotation({ ctx, connection, listening }: RunnerSocket): void {
  const { runnerId } = connection;
  onMessage(listening, "key-rotation", keyRotation, async ({ publicKey, signature, previousSignature }) => {
    await rotateRunnerKey(ctx, { runnerId, publicKey, signature, previousSignature });
    return { ok: true };
  });
}
