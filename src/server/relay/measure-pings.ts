import type { Socket } from "socket.io";
import { metrics } from "@/server/metrics";

/**
 * Measures the way to a runner and back by the pings that the transport sends anyway: nothing more goes over the line.
 * https://socket.io/docs/v4/engine-io-protocol: the server pings, the client answers.
 */
export function measurePings({ conn }: Socket): void {
  let sentAt: number | undefined;
  conn.on("packetCreate", ({ type }) => {
    if (type === "ping") sentAt = performance.now();
  });
  conn.on("packet", ({ type }) => {
    if (type !== "pong" || sentAt === undefined) return;
    metrics().runnerPingSeconds.observe((performance.now() - sentAt) / 1000);
    sentAt = undefined;
  });
}
