import { runEvents } from "@deskhand/shared/protocol/run-events";
import { applyRunEvents } from "@/server/domain/command/apply-run-events";
import { metrics } from "@/server/metrics";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** Stores what happened in runs. Messages of one run are taken one after the other, so that a runner need not wait in between. */
export function handleRunEvents({ ctx, connection, listening, viewers, deliver }: RunnerSocket): void {
  const { runnerId } = connection;
  const last = new Map<string, Promise<unknown>>();
  onMessage(listening, "run-events", runEvents, async ({ runId, firstSeq, events }) => {
    const apply = () => applyRunEvents(ctx, { runnerId, runId, firstSeq, events, clockOffsetMs: connection.clockOffsetMs });
    const turn = (last.get(runId) ?? Promise.resolve()).then(apply, apply);
    last.set(runId, turn);
    try {
      const { ackedSeq, applied, over } = await turn;
      metrics().runEventsApplied.inc(applied);
      if (applied > 0 && events.some(({ kind }) => kind === "started")) viewers.remind(runId, connection);
      if (over) deliver(connection, { freed: true });
      return { ok: true, ackedSeq };
    } finally {
      if (last.get(runId) === turn) last.delete(runId);
    }
  });
}
