import type { Socket } from "socket.io";
import { metrics } from "@/server/metrics";

/** A runner that is connected to this process and was let in. */
export type Connection = {
  socket: Socket;
  /** Names the connection over all server processes. */
  connectionId: string;
  /** Names the runner's process: another one with the same key is a copy. */
  instanceId: string;
  runnerId: string;
  projectId: string;
  /** What is added to the runner's clock to get ours, in milliseconds. */
  clockOffsetMs: number;
  /** The runner said that it stops. */
  saidGoodbye?: boolean;
};

export type Connections = ReturnType<typeof createConnections>;

/** The runners that are connected to this process. What is decided about them is decided in the database, not from this. */
export function createConnections() {
  const byRunner = new Map<string, Connection>();
  const watchers: ((connection: Connection) => void)[] = [];
  const count = () => metrics().connectedRunners.set(byRunner.size);
  return {
    get: (runnerId: string) => byRunner.get(runnerId),
    all: () => [...byRunner.values()],
    /** Calls back for each runner that is let in. */
    onJoin: (watcher: (connection: Connection) => void) => void watchers.push(watcher),
    /** Puts a connection in the place of the runner's earlier one, which is cut. */
    put(connection: Connection) {
      const earlier = byRunner.get(connection.runnerId);
      byRunner.set(connection.runnerId, connection);
      count();
      if (earlier && earlier !== connection) earlier.socket.disconnect(true);
      for (const watcher of watchers) watcher(connection);
    },
    remove(connection: Connection) {
      if (byRunner.get(connection.runnerId) === connection) byRunner.delete(connection.runnerId);
      count();
    },
  };
}

type EngineConnection = {
  sendPacket(type: "ping"): void;
  on(event: "packet", heard: (packet: { type: string }) => void): void;
  off(event: "packet", heard: (packet: { type: string }) => void): void;
};

/**
 * Does the other side answer within `timeoutMs`? Asks by the transport's own ping, which each socket.io client answers by itself, and
 * asks twice: whatever else comes, and one answer (to the regular ping), may have been sent by a process that is dead by now.
 * `sendPacket` is not part of engine.io's public types; socket.io is pinned, and a test holds this.
 */
export function answersPing(socket: Socket, timeoutMs: number): Promise<boolean> {
  if (!socket.connected) return Promise.resolve(false);
  const engine = socket.conn as unknown as EngineConnection;
  let unanswered = 2;
  return new Promise((resolve) => {
    const end = (answered: boolean) => {
      clearTimeout(timer);
      engine.off("packet", heard);
      socket.off("disconnect", gone);
      resolve(answered);
    };
    const heard = ({ type }: { type: string }) => {
      if (type === "pong" && --unanswered === 0) end(true);
    };
    const gone = () => end(false);
    const timer = setTimeout(() => end(false), timeoutMs);
    engine.on("packet", heard);
    socket.once("disconnect", gone);
    for (let asked = 0; asked < 2; asked += 1) engine.sendPacket("ping");
  });
}
