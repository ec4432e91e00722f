import { heartbeat } from "@deskhand/shared/protocol/commands";
import { extendLeases } from "@/server/domain/command/extend-leases";
import { touchRunner } from "@/server/domain/runner/touch-runner";
import { AppError } from "@/server/errors";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** A clock that is off by more than this was set, in milliseconds; less is the way the message took. */
const CLOCK_SET_MS = 2_000;

/** Keeps the runner online and its leases alive; the answer names what to stop. */
export function handleHeartbeat({ parts, ctx, connection, listening, onStranger }: RunnerSocket): void {
  const { runnerId, projectId, connectionId } = connection;
  onMessage(listening, "heartbeat", heartbeat, async ({ clock, holding }) => {
    const now = parts.clock.now().getTime();
    const wasSet = Math.abs(now - clock - connection.clockOffsetMs) > CLOCK_SET_MS;
    if (wasSet) connection.clockOffsetMs = now - clock;
    if (!(await touchRunner(ctx, { runnerId, projectId, connectionId, clockOffsetMs: wasSet ? now - clock : undefined }))) {
      onStranger();
      throw new AppError("RUNNER_NOT_ACCEPTED");
    }
    const { cancel } = await extendLeases(ctx, { runnerId, holding, leaseMs: parts.limits.leaseMs });
    return { clock: now, cancel };
  });
}
