import { firingReport } from "@deskhand/shared/protocol/firings";
import { recordFirings } from "@/server/domain/deployment/record-firings";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** Stores what a runner's schedules did by themselves. */
export function handleFiringReport({ ctx, connection, listening }: RunnerSocket): void {
  const { runnerId, clockOffsetMs } = connection;
  onMessage(listening, "firing-report", firingReport, async ({ firings }) => {
    await recordFirings(ctx, { runnerId, firings, clockOffsetMs });
    return { ok: true };
  });
}
