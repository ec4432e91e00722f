import { randomUUID } from "node:crypto";
import type { Server as HttpServer, IncomingMessage, ServerResponse } from "node:http";
import { logAnswer } from "@deskhand/shared/protocol/live";
import { MAX_PAYLOAD_BYTES } from "@deskhand/shared/protocol/version";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { Server } from "socket.io";
import { addressOf } from "@/server/client-address";
import { AppError } from "@/server/errors";
import type { RunnerLink } from "@/server/runner-link";
import { createBlobExchange } from "./blob-exchange.ts";
import { createCluster } from "./cluster.ts";
import { createConnections } from "./connections.ts";
import { corkFrames } from "./cork-frames.ts";
import { createParcelExchange } from "./parcels.ts";
import { type RelayLimits, type RelayParts, relayDefaults } from "./parts.ts";
import { createReach } from "./reach-runner.ts";
import { createRunnerGate } from "./runner-gate.ts";
import { createViewers } from "./viewers.ts";

type Options = Omit<RelayParts, "limits"> & { httpServer: HttpServer; limits?: Partial<RelayLimits> };

export type Relay = {
  link: RunnerLink;
  /** Answers what belongs to the relay. @returns false for any other path */
  handleRequest(request: IncomingMessage, response: ServerResponse): boolean;
  /** Asks the runners to go elsewhere and waits until they did, at most 5 s. New ones are not let in. */
  drain(): Promise<void>;
  /** Ends all connections and what is under way. The HTTP server is the caller's to close. */
  close(): Promise<void>;
};

/** The relay between this server, runners and viewers, on an HTTP server's own port. */
export function createRelay({ httpServer, limits, ...rest }: Options): Relay {
  const parts: RelayParts = { ...rest, limits: { ...relayDefaults, ...limits } };
  const handshakes = new RateLimiterMemory({ points: parts.limits.handshakesPerMinute, duration: 60 });
  const io = new Server(httpServer, {
    transports: ["websocket"],
    serveClient: false,
    maxHttpBufferSize: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    connectTimeout: 10_000,
    allowRequest(request, decide) {
      handshakes.consume(addressOf(request, parts.env.TRUSTED_PROXIES)).then(
        () => decide(null, true),
        () => decide("RATE_LIMITED", false),
      );
    },
  });
  io.on("connection", (socket) => socket.disconnect(true));
  corkFrames(io);

  const underWay = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>) => {
    underWay.add(work);
    void work.finally(() => underWay.delete(work)).catch(() => {});
  };
  const serverId = randomUUID();
  const { REDIS_URL: redisUrl } = parts.env;
  const cluster = redisUrl ? createCluster(io, { redisUrl, serverId, logger: parts.logger }) : undefined;
  const connections = createConnections();
  const reach = createReach(parts, connections, cluster);
  const viewers = createViewers({ parts, reach, io, connections, cluster, serverId });
  const gate = createRunnerGate({ parts, io, connections, viewers, cluster, serverId, track });
  const blobs = createBlobExchange(parts, reach);
  const parcels = createParcelExchange(parts);
  const poll = setInterval(() => {
    track(gate.poll());
    track(viewers.checkAgain());
  }, parts.limits.pollMs);
  poll.unref();

  return {
    link: {
      async readLog(runnerId, { runId, after, of }) {
        const event = of === "console" ? "console-request" : "log-request";
        const answer = await reach(runnerId, { event, message: { v: 1, runId, after } }, logAnswer);
        if (!answer.ok) throw new AppError(answer.code);
        return { lines: answer.lines, more: answer.more };
      },
    },
    handleRequest: (...request) => parcels.handleRequest(...request) || blobs.handleRequest(...request),
    drain: () => gate.drain(),
    async close() {
      clearInterval(poll);
      gate.close();
      blobs.close();
      io.disconnectSockets(true);
      for (const namespace of io._nsps.values()) namespace.disconnectSockets(true);
      while (underWay.size > 0) await Promise.allSettled(underWay);
      io.engine.close();
      await cluster?.close();
    },
  };
}
