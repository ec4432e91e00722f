import { holdNews } from "@deskhand/shared/protocol/hold";
import { frame, liveLog } from "@deskhand/shared/protocol/live";
import { recorded } from "@deskhand/shared/protocol/recorded";
import { trialNews } from "@deskhand/shared/protocol/trial";
import { metrics } from "@/server/metrics";
import { onMessage } from "@/server/relay/messages";
import type { RunnerSocket } from "./runner-socket.ts";

/** Passes frames and log lines of a run on to those who watch it. A runner can show only its own runs. */
export function handleLive({ connection, listening, viewers }: RunnerSocket): void {
  const { runnerId, socket } = connection;
  const isWatched = (runId: string) => {
    if (viewers.isWatched(runId, runnerId)) return true;
    socket.emit("live", { v: 1, runId, on: false });
    return false;
  };
  onMessage(listening, "frame", frame, (message) => {
    if (isWatched(message.runId)) {
      viewers.forward(message.runId, "frame", message);
      metrics().framesForwarded.inc();
    }
    return { ok: true };
  });
  onMessage(listening, "hold-news", holdNews, (message) => {
    if (isWatched(message.runId)) viewers.forward(message.runId, "hold-news", message);
    return { ok: true };
  });
  onMessage(listening, "recorded", recorded, (message) => {
    if (isWatched(message.runId)) viewers.forward(message.runId, "recorded", message);
    return { ok: true };
  });
  onMessage(listening, "trial", trialNews, (message) => {
    if (isWatched(message.runId)) viewers.forward(message.runId, "trial", message);
    return { ok: true };
  });
  onMessage(listening, "live-log", liveLog, (message) => {
    if (isWatched(message.runId)) viewers.forward(message.runId, "live-log", message);
    return { ok: true };
  });
  onMessage(listening, "live-console", liveLog, (message) => {
    if (isWatched(message.runId)) viewers.forward(message.runId, "live-console", message);
    return { ok: true };
  });
}
