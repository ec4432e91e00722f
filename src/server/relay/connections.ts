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
  once(event: "packet", heard: () => void): void;
  off(event: "packet", heard: () => void): void;
};

/**
 * Does anything come back from the other side within `timeoutMs`? Asks by the transport's own ping, which each socket.io client
 * answers by itself. `sendPacket` is not part of engine.io's public types; socket.io is pinned, and a test holds this.
 */
export function answersPing(socket: Socket, timeoutMs: number): Promise<boolean> {
  if (!socket.connected) return Promise.resolve(false);
  const engine = socket.conn as unknown as EngineConnection;
  return new Promise((resolve) => {
    const end = (answered: boolean) => {
      clearTimeout(timer);
      engine.off("packet", heard);
      socket.off("disconnect", gone);
      resolve(answered);
    };
    const heard = () => end(true);
    const gone = () => end(false);
    const timer = setTimeout(() => end(false), timeoutMs);
    engine.once("packet", heard);
    socket.once("disconnect", gone);
    engine.sendPacket("ping");
  });
}
