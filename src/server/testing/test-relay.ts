import type { KeyObject } from "node:crypto";
import { randomUUID, sign } from "node:crypto";
import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket as NetSocket } from "node:net";
import { type Challenge, proofText, type Welcome } from "@deskhand/shared/protocol/handshake";
import { PROTOCOL_MIN, PROTOCOL_VERSION, RUNNER_NAMESPACE } from "@deskhand/shared/protocol/version";
import { io } from "socket.io-client";
import { type Clock, systemClock } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { createLogger, type Logger } from "@/server/logger";
import { createRelay, type Relay } from "@/server/relay/create-relay";
import type { RelayLimits } from "@/server/relay/parts";
import { createSignalFeed, type Signal, type SignalFeed } from "@/server/signals";

export type TestRelay = {
  url: string;
  relay: Relay;
  /** What its process works with. */
  db: Db;
  env: { PUBLIC_URL: string; AUTH_SECRET: string; INSTANCE_URL: string; REDIS_URL: string | undefined; TRUSTED_PROXIES: number };
  /** Keeps hints from it until the answer is called. */
  delay(which: (signal: Signal) => boolean): () => void;
  /** Ends it as a stopped server does. */
  close(): Promise<void>;
  /** Ends it as SIGTERM does: no new connections, and the runners are asked to go elsewhere. */
  drain(): Promise<void>;
  /** Ends it as a killed server does: connections break, and nothing of it reaches the database any more. */
  kill(): Promise<void>;
};

type TestRelayOptions = {
  clock?: Clock;
  port?: number;
  /** Joins it with the other relays on the same database that have it. */
  redisUrl?: string;
  logger?: Logger;
} & Partial<RelayLimits>;

/** A relay on a port of its own. Hints and polls are quick, so that tests that wait for them are. */
export async function startTestRelay(
  databaseUrl: string,
  { clock = systemClock, port = 0, redisUrl, logger: given, ...limits }: TestRelayOptions = {},
): Promise<TestRelay> {
  const logger = given ?? createLogger(process.env.TEST_LOG_LEVEL ?? "silent");
  const life = { over: false };
  const db = createDb(databaseUrl);
  const mortalDb = mortal(db, life);
  const feed = createSignalFeed(databaseUrl, logger);
  const signals: SignalFeed = Object.assign(new EventEmitter() as SignalFeed, { close: () => feed.close() });
  const late: Signal[] = [];
  let isLate = (_: Signal): boolean => false;
  feed.on("resync", () => signals.emit("resync"));
  feed.on("signal", (signal) => void (isLate(signal) ? late.push(signal) : signals.emit("signal", signal)));
  const httpServer = createServer((request, response) => {
    if (!relay.handleRequest(request, response)) response.writeHead(418).end();
  });
  const sockets = new Set<NetSocket>();
  httpServer.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => httpServer.listen(port, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
  const env = {
    PUBLIC_URL: url,
    AUTH_SECRET: "a secret that is long enough for tests",
    INSTANCE_URL: url,
    REDIS_URL: redisUrl,
    TRUSTED_PROXIES: 0,
  };
  const relay = createRelay({ httpServer, env, db: mortalDb, logger, signals, clock, limits: { pollMs: 200, ...limits } });
  const endServer = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => httpServer.close(resolve));
    await signals.close();
    await db.$disconnect();
  };
  return {
    url,
    relay,
    db: mortalDb,
    env,
    delay(which) {
      isLate = which;
      return () => {
        isLate = () => false;
        for (const signal of late.splice(0)) signals.emit("signal", signal);
      };
    },
    async close() {
      await relay.close();
      await endServer();
    },
    async drain() {
      httpServer.close();
      await relay.drain();
      await relay.close();
      await endServer();
    },
    async kill() {
      life.over = true;
      for (const socket of sockets) socket.destroy();
      await relay.close();
      await endServer();
    },
  };
}

/** A database client that is deaf once its process "was killed". */
function mortal(db: Db, life: { over: boolean }): Db {
  return new Proxy(db, {
    get(target, name, receiver) {
      if (life.over) throw new Error("this process was killed");
      return Reflect.get(target, name, receiver);
    },
  });
}

/** What a runner's folder remembers of its joins. */
export type TestFolder = { joinId: string | null; nextJoinId: string };
export const newFolder = (): TestFolder => ({ joinId: null, nextJoinId: randomUUID() });

type Received = { event: string; message: never; answer: (answer: unknown) => void };

type Dial = {
  folder?: TestFolder;
  instanceId?: string;
  /** Signs with another key. */
  privateKey?: KeyObject;
  /** Changes the proof before it is sent. */
  forge?: (proof: Record<string, unknown>) => unknown;
  auth?: unknown;
  clock?: () => number;
  /** 64 hexadecimal digits; the computer does not tell when absent. */
  hardwareId?: string;
};

export type TestRunner = ReturnType<typeof dialRunner>;

/**
 * A runner at the level of the wire: it proves its key, remembers its joins as the real one does, and leaves everything else to the
 * test. For what the real runner would not do.
 */
export function dialRunner(url: string, runner: { id: string; privateKey: KeyObject }, options: Dial = {}) {
  const { folder = newFolder(), instanceId = randomUUID(), clock = Date.now } = options;
  const socket = io(`${url}${RUNNER_NAMESPACE}`, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    auth: (options.auth as object) ?? { runnerId: runner.id, protocol: { min: PROTOCOL_MIN, max: PROTOCOL_VERSION } },
  });
  const unread: Received[] = [];
  const readers: { event: string; take: (received: Received) => void }[] = [];
  const receive = (received: Received) => {
    const at = readers.findIndex(({ event }) => event === received.event);
    if (at >= 0) readers.splice(at, 1)[0]?.take(received);
    else unread.push(received);
  };
  socket.onAny((event: string, message: unknown, answer: unknown) => {
    if (event === "challenge" && typeof answer === "function") {
      answer(prove(message as Challenge));
      return;
    }
    if (event === "welcome") Object.assign(folder, { joinId: folder.nextJoinId, nextJoinId: randomUUID() });
    receive({ event, message: message as never, answer: typeof answer === "function" ? (answer as Received["answer"]) : () => {} });
  });
  socket.on("disconnect", (reason) => receive({ event: "closed", message: reason as never, answer: () => {} }));
  socket.on("connect_error", (error) => receive({ event: "closed", message: error.message as never, answer: () => {} }));

  function prove({ nonce }: Challenge): unknown {
    const bound = { instanceId, joinId: folder.joinId, nextJoinId: folder.nextJoinId };
    const signature = sign(null, Buffer.from(proofText(runner.id, nonce, bound)), options.privateKey ?? runner.privateKey);
    const proof = {
      v: 1,
      signature: signature.toString("base64"),
      ...bound,
      clock: clock(),
      version: "0.1.0",
      browser: null,
      hardwareId: options.hardwareId,
    };
    return options.forge ? options.forge(proof) : proof;
  }

  /** The next message of that name, one that came already first. `closed` is the end of the connection. */
  function next<Message = never>(event: string): Promise<{ message: Message; answer: (answer: unknown) => void }> {
    const at = unread.findIndex((received) => received.event === event);
    const known = at >= 0 ? unread.splice(at, 1)[0] : undefined;
    return known ? Promise.resolve(known) : new Promise((take) => readers.push({ event, take }));
  }

  return {
    socket,
    folder,
    instanceId,
    next,
    /** What came and was not read, by name. */
    unread: () => unread.map(({ event }) => event),
    welcome: async () => (await next<Welcome>("welcome")).message,
    ask: (event: string, message: unknown): Promise<unknown> => socket.timeout(10_000).emitWithAck(event, message),
    /** Goes away without a word, as a machine does whose cable is pulled. */
    leave: () => void socket.disconnect(),
  };
}
