import { watchRun } from "@deskhand/shared/protocol/live";
import { DASHBOARD_NAMESPACE } from "@deskhand/shared/protocol/version";
import type { Namespace, Server, Socket } from "socket.io";
import { authenticateRequest } from "@/server/authenticate-request";
import type { Actor } from "@/server/context";
import { findWatchedRun } from "@/server/domain/run/find-watched-run";
import { AppError, toAppError } from "@/server/errors";
import type { Connection, Connections } from "./connections.ts";
import { createMessageLimit, onMessage } from "./messages.ts";
import { contextFor, type RelayParts } from "./parts.ts";

export type Viewers = ReturnType<typeof createViewers>;

/**
 * The people who watch runs live, on the /dashboard namespace. The runner is told when the first begins to watch a run and when the
 * last stops, so that nothing is drawn for nobody.
 */
export function createViewers(parts: RelayParts, io: Server, connections: Connections) {
  const namespace: Namespace = io.of(DASHBOARD_NAMESPACE);
  const watched = new Map<string, { runnerId: string; sockets: Set<Socket> }>();

  function tellRunner(runnerId: string, runId: string, on: boolean) {
    connections.get(runnerId)?.socket.emit("live", { v: 1, runId, on });
  }

  function stop(socket: Socket, runId: string) {
    const entry = watched.get(runId);
    if (!entry?.sockets.delete(socket) || entry.sockets.size > 0) return;
    watched.delete(runId);
    tellRunner(entry.runnerId, runId, false);
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
    if (isFirst) tellRunner(runnerId, runId, true);
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
    socket.on("disconnect", () => {
      for (const runId of runsOf(socket)) stop(socket, runId);
    });
  });
  // a runner that comes back does not know who is watching
  connections.onJoin(({ runnerId, socket }) => {
    for (const [runId, entry] of watched) if (entry.runnerId === runnerId) socket.emit("live", { v: 1, runId, on: true });
  });

  return {
    isWatched: (runId: string, runnerId: string) => watched.get(runId)?.runnerId === runnerId,
    /** A runner shows only runs that have begun: tell it again of one that was watched before. */
    remind(runId: string, { runnerId, socket }: Connection) {
      if (watched.get(runId)?.runnerId === runnerId) socket.emit("live", { v: 1, runId, on: true });
    },
    /** Sends to those who watch; who cannot keep up misses some. */
    forward(runId: string, event: "frame" | "live-log", message: object) {
      for (const socket of watched.get(runId)?.sockets ?? []) socket.volatile.emit(event, message);
    },
    /** Ends what somebody may not see any more: the session was revoked, or the person left the project. */
    async checkAgain() {
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
