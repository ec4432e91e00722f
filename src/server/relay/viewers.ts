import { holdAnswer, holdMessage } from "@deskhand/shared/protocol/hold";
import { watchRun } from "@deskhand/shared/protocol/live";
import { DASHBOARD_NAMESPACE } from "@deskhand/shared/protocol/version";
import type { Namespace, Server, Socket } from "socket.io";
import { authenticateRequest } from "@/server/authenticate-request";
import type { Actor } from "@/server/context";
import { findHeldRun } from "@/server/domain/run/find-held-run";
import { findWatchedRun } from "@/server/domain/run/find-watched-run";
import { AppError, toAppError } from "@/server/errors";
import type { Cluster } from "./cluster.ts";
import type { Connection, Connections } from "./connections.ts";
import { createMessageLimit, onMessage } from "./messages.ts";
import { contextFor, type RelayParts } from "./parts.ts";
import type { ReachRunner } from "./reach-runner.ts";

export type Viewers = ReturnType<typeof createViewers>;

type Options = {
  parts: RelayParts;
  reach: ReachRunner;
  io: Server;
  connections: Connections;
  cluster: Cluster | undefined;
  serverId: string;
};

/**
 * The people who watch runs live, on the /dashboard namespace. The runner is told when the first begins to watch a run and when the
 * last stops, over all server processes, so that nothing is drawn for nobody.
 */
export function createViewers({ parts, reach, io, connections, cluster, serverId }: Options) {
  const namespace: Namespace = io.of(DASHBOARD_NAMESPACE);
  const watched = new Map<string, { runnerId: string; sockets: Set<Socket> }>();
  const elsewhere = createWatchedElsewhere(3 * parts.limits.pollMs);
  const holds = createKnownHolds(parts);
  const roomOf = (runId: string) => `run:${runId}`;

  function tellRunner(runnerId: string, runId: string, on: boolean) {
    connections.get(runnerId)?.socket.emit("live", { v: 1, runId, on });
  }

  const announce = (runId: string, runnerId: string, on: boolean) =>
    cluster?.tell({ kind: "watching", from: serverId, runnerId, runId, on });

  const isWatched = (runId: string, runnerId: string) => watched.get(runId)?.runnerId === runnerId || elsewhere.has(runId, runnerId);

  function stop(socket: Socket, runId: string) {
    const entry = watched.get(runId);
    if (!entry?.sockets.delete(socket)) return;
    void socket.leave(roomOf(runId));
    if (entry.sockets.size > 0) return;
    watched.delete(runId);
    announce(runId, entry.runnerId, false);
    if (!elsewhere.has(runId, entry.runnerId)) tellRunner(entry.runnerId, runId, false);
  }

  const runsOf = (socket: Socket) => [...watched].flatMap(([runId, { sockets }]) => (sockets.has(socket) ? [runId] : []));

  async function watch(socket: Socket, runId: string) {
    const { runnerId } = await findWatchedRun(contextFor(parts, await actorOf(parts, socket)), runId);
    if (!socket.connected) return;
    const entry = watched.get(runId) ?? { runnerId, sockets: new Set() };
    if (!entry.sockets.has(socket) && runsOf(socket).length >= parts.limits.runsPerViewer) throw new AppError("RATE_LIMITED");
    const isFirst = entry.sockets.size === 0;
    entry.sockets.add(socket);
    watched.set(runId, entry);
    await socket.join(roomOf(runId));
    if (!isFirst) return;
    announce(runId, runnerId, true);
    if (!elsewhere.has(runId, runnerId)) tellRunner(runnerId, runId, true);
  }

  namespace.use((socket, next) => {
    actorOf(parts, socket).then(
      (actor) => next(actor.kind === "anonymous" ? new Error("UNAUTHENTICATED") : undefined),
      (error: unknown) => next(new Error(toAppError(error).code)),
    );
  });
  namespace.on("connection", (socket) => {
    const limit = createMessageLimit(parts.limits.viewerMessagesPerSecond);
    onMessage({ socket, logger: parts.logger, limit }, "watch-run", watchRun, async ({ runId, on }) => {
      if (on) await watch(socket, runId);
      else stop(socket, runId);
      return { ok: true };
    });
    onMessage({ socket, logger: parts.logger, limit }, "hold-input", holdMessage, async (message) => {
      const runnerId = await holds.runnerOf(socket, message);
      return reach(runnerId, { event: "hold-input", message }, holdAnswer);
    });
    socket.on("disconnect", () => {
      for (const runId of runsOf(socket)) stop(socket, runId);
    });
  });
  // a runner that comes back does not know who is watching
  connections.onJoin(({ runnerId, socket }) => {
    const runs = [...watched].flatMap(([runId, entry]) => (entry.runnerId === runnerId ? [runId] : []));
    for (const runId of new Set([...runs, ...elsewhere.runsOf(runnerId)])) socket.emit("live", { v: 1, runId, on: true });
  });
  cluster?.on("joined", ({ runnerId }) => {
    for (const [runId, entry] of watched) if (entry.runnerId === runnerId) announce(runId, runnerId, true);
  });
  cluster?.on("watching", ({ from, runId, runnerId, on }) => {
    const before = isWatched(runId, runnerId);
    elsewhere.put(runId, runnerId, from, on);
    const after = isWatched(runId, runnerId);
    if (before !== after) tellRunner(runnerId, runId, after);
  });

  return {
    isWatched,
    /** A runner shows only runs that have begun: tell it again of one that was watched before. */
    remind(runId: string, { runnerId, socket }: Connection) {
      if (isWatched(runId, runnerId)) socket.emit("live", { v: 1, runId, on: true });
    },
    /** Sends to those who watch; who cannot keep up misses some. */
    forward(runId: string, event: "frame" | "live-log" | "live-console" | "hold-news" | "recorded" | "trial", message: object) {
      namespace.to(roomOf(runId)).volatile.emit(event, message);
    },
    /** Ends what somebody may not see any more: the session was revoked, or the person left the project. */
    async checkAgain() {
      holds.forget();
      for (const [runId, { runnerId }] of watched) announce(runId, runnerId, true);
      for (const { runId, runnerId } of elsewhere.expire()) if (!isWatched(runId, runnerId)) tellRunner(runnerId, runId, false);
      for (const socket of namespace.sockets.values()) {
        try {
          const ctx = contextFor(parts, await actorOf(parts, socket));
          if (ctx.actor.kind === "anonymous") throw new AppError("UNAUTHENTICATED");
          for (const runId of runsOf(socket)) await findWatchedRun(ctx, runId);
        } catch (error) {
          if (toAppError(error).code !== "DATABASE_UNAVAILABLE") socket.disconnect(true);
        }
      }
    },
  };
}

/**
 * Runs that people watch through other server processes, as those said. One that falls silent is forgotten after `leaseMs`, by the
 * monotonic clock.
 */
function createWatchedElsewhere(leaseMs: number) {
  const runs = new Map<string, { runnerId: string; until: Map<string, number> }>();
  return {
    has: (runId: string, runnerId: string) => runs.get(runId)?.runnerId === runnerId,
    runsOf: (runnerId: string) => [...runs].flatMap(([runId, entry]) => (entry.runnerId === runnerId ? [runId] : [])),
    put(runId: string, runnerId: string, from: string, on: boolean) {
      const entry = runs.get(runId) ?? { runnerId, until: new Map<string, number>() };
      if (on) entry.until.set(from, performance.now() + leaseMs);
      else entry.until.delete(from);
      if (entry.until.size > 0) runs.set(runId, entry);
      else runs.delete(runId);
    },
    /** @returns the runs that nobody elsewhere watches any more */
    expire(): { runId: string; runnerId: string }[] {
      const now = performance.now();
      const over: { runId: string; runnerId: string }[] = [];
      for (const [runId, { runnerId, until }] of runs) {
        for (const [from, end] of until) if (end < now) until.delete(from);
        if (until.size > 0) continue;
        runs.delete(runId);
        over.push({ runId, runnerId });
      }
      return over;
    },
  };
}

/** Whose hands may act on which run: looked up with the first message of a hold, and again from time to time. */
function createKnownHolds(parts: RelayParts) {
  let known = new WeakMap<Socket, Map<string, string>>();
  return {
    /** @throws AppError NOT_FOUND, FORBIDDEN */
    async runnerOf(socket: Socket, { runId, holdId }: { runId: string; holdId: string }): Promise<string> {
      const found = known.get(socket)?.get(`${runId} ${holdId}`);
      if (found) return found;
      const { runnerId } = await findHeldRun(contextFor(parts, await actorOf(parts, socket)), { runId, holdId });
      const own = known.get(socket) ?? new Map<string, string>();
      known.set(socket, own.set(`${runId} ${holdId}`, runnerId));
      return runnerId;
    },
    forget() {
      known = new WeakMap();
    },
  };
}

/** Who opened the socket. A browser must have come from our own pages: cookies travel with other sites' sockets too. */
async function actorOf(parts: RelayParts, socket: Socket): Promise<Actor> {
  const headers = new Headers();
  for (const [name, value] of Object.entries(socket.handshake.headers)) {
    if (value !== undefined) headers.set(name, [value].flat().join(", "));
  }
  const actor = await authenticateRequest(headers, parts);
  if (actor.kind === "user" && !isOurs(headers, parts.env.PUBLIC_URL)) throw new AppError("FORBIDDEN");
  return actor;
}

/**
 * The page's origin is ours when it is the public one, or the very host that was asked (the server's other name, say 127.0.0.1).
 * A host that only resolves to us has none of our cookies.
 */
function isOurs(headers: Headers, publicUrl: string): boolean {
  const origin = headers.get("origin") ?? "";
  return origin === publicUrl || (URL.canParse(origin) && new URL(origin).host === headers.get("host"));
}
