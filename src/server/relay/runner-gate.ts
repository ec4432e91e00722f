import { runnerAuth, type Welcome } from "@deskhand/shared/protocol/handshake";
import { MAX_PAYLOAD_BYTES, PROTOCOL_VERSION, RUNNER_NAMESPACE } from "@deskhand/shared/protocol/version";
import type { Server, Socket } from "socket.io";
import { cancelsFor } from "@/server/domain/command/extend-leases";
import { runnersWithCommands } from "@/server/domain/command/lease-commands";
import { nearbyRunners } from "@/server/domain/command/nearby-runners";
import { EVENT_WINDOW } from "@/server/domain/command/rules";
import { checkAdmission } from "@/server/domain/runner/check-admission";
import { disconnectRunner } from "@/server/domain/runner/disconnect-runner";
import { runnersWithDueKeys } from "@/server/domain/runner/request-key-rotation";
import { tighteningFor } from "@/server/domain/runner/tighten-runner";
import type { Tightening } from "@/server/domain/runner/view";
import { signerWishesFor } from "@/server/domain/signing-key/queries";
import { AppError, toAppError } from "@/server/errors";
import { metrics } from "@/server/metrics";
import type { Signal } from "@/server/signals";
import { challengeRunner, type ProvenRunner, refuse } from "./authenticate.ts";
import type { Cluster } from "./cluster.ts";
import type { Connection, Connections } from "./connections.ts";
import { createDelivery } from "./deliver-commands.ts";
import { createDepartures } from "./departures.ts";
import { handleBackupReport } from "./handlers/backup-report.ts";
import { handleCommandFinished } from "./handlers/command-finished.ts";
import { handleFiringReport } from "./handlers/firing-report.ts";
import { handleGoodbye } from "./handlers/goodbye.ts";
import { handleHeartbeat } from "./handlers/heartbeat.ts";
import { handleKeyRotation } from "./handlers/key-rotation.ts";
import { handleLive } from "./handlers/live.ts";
import { handlePolicyReport } from "./handlers/policy-report.ts";
import { handleProfileReport } from "./handlers/profile-report.ts";
import { handleRunEvents } from "./handlers/run-events.ts";
import { measurePings } from "./measure-pings.ts";
import { createMessageLimit, discardRequest, refuseOthers } from "./messages.ts";
import { contextFor, type RelayParts } from "./parts.ts";
import type { Viewers } from "./viewers.ts";

type Gate = {
  parts: RelayParts;
  io: Server;
  connections: Connections;
  viewers: Viewers;
  cluster: Cluster | undefined;
  /** Names this server process in connection ids. */
  serverId: string;
  track(work: Promise<unknown>): void;
};

/** Where runners come in: proves them, lets them in or has them wait, listens to them, and cuts those that may not stay. */
export function createRunnerGate({ parts, io, connections, viewers, cluster, serverId, track }: Gate) {
  const { logger, limits, signals } = parts;
  const namespace = io.of(RUNNER_NAMESPACE);
  const waiting = new Map<Socket, ProvenRunner>();
  const asking = new Map<Socket, "once" | "once more">();
  const departures = createDepartures();
  const nearby = nearbyRunners(parts.db);
  const deliver = createDelivery(parts, track);
  const system = contextFor(parts, { kind: "system" });
  let draining = false;

  const turnAway = (socket: Socket, runnerId: string | undefined, error: unknown) => {
    waiting.delete(socket);
    const code = refuse(socket, error);
    metrics().relayRefusals.inc({ code });
    logger[code === "INTERNAL" ? "error" : "info"](
      { runnerId, reason: code, err: code === "INTERNAL" ? toAppError(error).cause : undefined },
      "a runner was refused",
    );
  };

  async function admit(socket: Socket, proven: ProvenRunner, connectionId: string): Promise<void> {
    const result = await proven.admit();
    if (result.outcome === "refused") throw new AppError(result.code);
    if (result.outcome === "waiting") {
      if (!waiting.has(socket)) socket.emit("waiting", { v: 1, status: "pending", fingerprint: result.fingerprint });
      if (socket.connected) waiting.set(socket, proven);
      return;
    }
    waiting.delete(socket);
    const { runnerId, instanceId, clockOffsetMs } = proven;
    const connection: Connection = { socket, connectionId, instanceId, runnerId, projectId: result.projectId, clockOffsetMs };
    const leave = (words?: string) => {
      connections.remove(connection);
      nearby.remove(runnerId, connectionId);
      const reason = departures.note(connection, words);
      logger.info({ runnerId, connectionId, reason }, "a runner left");
      // a row that cannot be cleared now counts as offline when its heartbeats stop
      track(disconnectRunner(system, connection).catch(() => {}));
    };
    if (!socket.connected) return leave();
    socket.once("disconnect", leave);
    listen(connection);
    socket.emit("welcome", welcome(result.tightening));
    connections.put(connection);
    cluster?.tell({ kind: "joined", runnerId, connectionId });
    departures.settle(runnerId, result.before);
    measurePings(socket);
    logger.info({ runnerId, connectionId }, "a runner joined");
    if (result.keyIsDue) askForKey(connection);
    deliver(connection);
    track(sendCancels(connection));
  }

  function welcome(tightening: Tightening): Welcome {
    return {
      v: 1,
      protocol: PROTOCOL_VERSION,
      maxPayloadBytes: MAX_PAYLOAD_BYTES,
      eventWindow: EVENT_WINDOW,
      commandWindow: limits.commandWindow,
      heartbeatMs: limits.heartbeatMs,
      leaseMs: limits.leaseMs,
      clock: parts.clock.now().getTime(),
      tightening,
    };
  }

  function listen(connection: Connection) {
    const limit = createMessageLimit(limits.runnerMessagesPerSecond);
    const { runnerId, projectId, socket } = connection;
    // all that is made here is made for each of thousands: one context, and no logger of its own
    const ctx = contextFor(parts, { kind: "runner", runnerId, projectId });
    const listening = { socket, logger, about: { runnerId }, limit };
    const onStranger = () => track(checkStay(connection));
    const shared = { parts, ctx, connection, listening, viewers, deliver, onStranger };
    handleHeartbeat(shared);
    handleRunEvents(shared);
    handleCommandFinished(shared);
    handleKeyRotation(shared);
    handleLive(shared);
    handlePolicyReport(shared);
    handleProfileReport(shared);
    handleBackupReport(shared);
    handleFiringReport(shared);
    handleGoodbye(shared);
    refuseOthers(listening);
  }

  const askForKey = ({ socket }: Connection) => socket.emit("rotate-key", { v: 1 });

  async function sendCancels({ runnerId, socket }: Connection): Promise<void> {
    const commandIds = await cancelsFor(system, runnerId).catch(() => []);
    if (commandIds.length > 0) socket.emit("cancel", { v: 1, commandIds });
  }

  /** A hint: the answer to each policy report says the same. */
  async function sendTightening({ runnerId, socket }: Connection): Promise<void> {
    const tightening = await tighteningFor(system, runnerId).catch(() => undefined);
    if (tightening) socket.emit("tighten", { v: 1, tightening });
  }

  /** A hint as well. */
  async function sendSignerWishes({ runnerId, socket }: Connection): Promise<void> {
    const wishes = await signerWishesFor(system, runnerId).catch(() => undefined);
    if (wishes) socket.emit("signers", { v: 1, wishes });
  }

  /** Ends a connection whose runner may not be connected, or that another one took over. */
  async function checkStay(connection: Connection, { takenOver = true } = {}): Promise<void> {
    try {
      const code = await checkAdmission(system, connection.runnerId);
      if (code) turnAway(connection.socket, connection.runnerId, new AppError(code));
      else if (takenOver) connection.socket.disconnect(true);
    } catch (error) {
      logger.debug({ reason: toAppError(error).code }, "a runner's status could not be read; the next look tries again");
    }
  }

  /** One question at a time for each socket: two that are answered together would let the runner in twice. */
  async function askAgain(socket: Socket, proven: ProvenRunner): Promise<void> {
    if (asking.has(socket)) return void asking.set(socket, "once more");
    do {
      asking.set(socket, "once");
      try {
        await admit(socket, proven, `${serverId}:${socket.id}`);
      } catch (error) {
        if (toAppError(error).code !== "DATABASE_UNAVAILABLE") turnAway(socket, proven.runnerId, error);
      }
    } while (asking.get(socket) === "once more" && waiting.has(socket));
    asking.delete(socket);
  }

  namespace.on("connection", (socket) => {
    const auth = runnerAuth.safeParse(socket.handshake.auth);
    const runnerId = auth.success ? auth.data.runnerId : undefined;
    if (draining) {
      // it came back to us. Where there are no other processes to go to, end its old connection too: it tries again until we are back
      socket.disconnect(true);
      if (runnerId && !cluster) connections.get(runnerId)?.socket.disconnect(true);
      return;
    }
    discardRequest(socket);
    // each command that waits for its answer listens for the end of the connection
    socket.setMaxListeners(0);
    socket.on("disconnect", () => waiting.delete(socket));
    const connectionId = `${serverId}:${socket.id}`;
    track(
      challengeRunner(parts, connections, cluster, socket, connectionId)
        .then((proven) => admit(socket, proven, connectionId))
        .catch((error: unknown) => turnAway(socket, runnerId, error)),
    );
  });

  function recheckStatus(runnerId?: string) {
    for (const [socket, proven] of waiting) {
      if (runnerId === undefined || proven.runnerId === runnerId) track(askAgain(socket, proven));
    }
    for (const connection of connections.all()) {
      if (runnerId === undefined || connection.runnerId === runnerId) track(checkStay(connection, { takenOver: false }));
    }
  }

  /** For hints that were lost. Cancels and changes of status are found again by each heartbeat. */
  async function poll(): Promise<void> {
    for (const [socket, proven] of waiting) track(askAgain(socket, proven));
    const connected = connections.all();
    if (connected.length === 0) return;
    const ids = connected.map(({ runnerId }) => runnerId);
    const withCommands = await runnersWithCommands(system, ids).catch(() => new Set<string>());
    const withDueKeys = await runnersWithDueKeys(system, ids).catch(() => new Set<string>());
    for (const connection of connected) {
      if (withCommands.has(connection.runnerId)) deliver(connection);
      if (withDueKeys.has(connection.runnerId)) askForKey(connection);
    }
  }

  /** The way of the hints was broken for a while: everything may have changed. */
  function lookAgain() {
    recheckStatus();
    for (const connection of connections.all()) {
      deliver(connection);
      track(sendCancels(connection));
      track(sendTightening(connection));
      track(sendSignerWishes(connection));
    }
  }

  // it went to another process, perhaps because the way to us is dead and nobody has noticed
  cluster?.on("joined", ({ runnerId, connectionId }) => {
    const connection = connections.get(runnerId);
    if (connection && connection.connectionId !== connectionId) connection.socket.disconnect(true);
  });

  const onSignal = (signal: Signal) => {
    if (signal.kind === "runner-status") return recheckStatus(signal.runnerId);
    const connection = "runnerId" in signal ? connections.get(signal.runnerId) : undefined;
    if (!connection) return;
    if (signal.kind === "commands") deliver(connection, { deliveryId: signal.deliveryId });
    else if (signal.kind === "runner-key") askForKey(connection);
    else if (signal.kind === "runner-policy") track(sendTightening(connection));
    else if (signal.kind === "runner-signers") track(sendSignerWishes(connection));
    else track(sendCancels(connection));
  };
  signals.on("signal", onSignal);
  signals.on("resync", lookAgain);

  return {
    poll,
    async drain(): Promise<void> {
      draining = true;
      for (const socket of waiting.keys()) socket.disconnect(true);
      const leaving = [...namespace.sockets.values()].map((socket) => new Promise((resolve) => socket.once("disconnect", resolve)));
      namespace.emit("drain");
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, limits.drainMs);
      });
      await Promise.race([Promise.all(leaving), late]);
      clearTimeout(timer);
    },
    close() {
      draining = true;
      signals.off("signal", onSignal);
      signals.off("resync", lookAgain);
    },
  };
}
