// A server that can fail: relay, signals, domain and the sweep of the product on a port of its own, without the pages. Its parent
// tells it which fault to make next.
import { createServer } from "node:http";
import type { AddressInfo, Socket as NetSocket } from "node:net";
import { Socket } from "socket.io";
import { systemClock } from "@/server/context";
import { createDb, type Db, type Query } from "@/server/db";
import { sweepCommandsJob } from "@/server/jobs/sweep-commands.job";
import { createLogger } from "@/server/logger";
import { createRelay } from "@/server/relay/create-relay";
import { createSignalFeed } from "@/server/signals";
import { FaultSwitch, settingsVariable } from "./fault-switch.ts";
import { hookPackets } from "./packets.ts";
import type { Fault } from "./points.ts";
import { createRandom } from "./random.ts";

export type ServerSettings = { databaseUrl: string; redisUrl: string; hitsFile: string; seed: number; fault?: Fault; isCalm: boolean };

/** How many of the hints this server does not hear. */
const lostHints = 0.2;

const settings = JSON.parse(process.env[settingsVariable] ?? "") as ServerSettings;
const random = createRandom(settings.seed);
const sockets = new Set<NetSocket>();
const faults = new FaultSwitch({
  ...settings,
  fault: settings.fault,
  cut: () => {
    for (const socket of sockets) socket.destroy();
  },
});
const reach = (at: string) => faults.reach(at);

/** Uses of the database that are points; a transaction is named after the first of them on the stack that began it. */
const useCases = /\bat (?:async )?(applyRunEvents|sweepCommands)\b/;

/** Those that take many of one use case in one transaction, by the function that begins it. */
const batches: Record<string, string> = {
  joinRunners: "connectRunner",
  leaseForRunners: "leaseCommands",
  extendForRunners: "extendLeases",
  disconnectRunners: "disconnectRunner",
};
const batchNames = new RegExp(`\\bat (?:async )?(${Object.keys(batches).join("|")})\\b`);

/** What a transaction of `decideOnCommand` does, by what it writes. */
const decisions: [string, string][] = [
  ['"to":"accepted"', "acceptCommand"],
  ['"isEnd":true', "finishCommand"],
];

function decisionsIn(values: unknown[]): string[] {
  return decisions.flatMap(([part, name]) => (values.some((value) => String(value).includes(part)) ? [name] : []));
}

function withPoints(db: Db): Db {
  const plain: Db["plain"] = {
    async query(text, ...values) {
      // decided from memory: one statement that commits by itself
      const found = decisionsIn(values);
      for (const useCase of found) reach(`${useCase} before its commit`);
      const rows = await db.plain.query<never>(text, ...values);
      for (const useCase of found) reach(`${useCase} after its commit`);
      return rows;
    },
    async transaction(work) {
      const stack = new Error("where").stack ?? "";
      const batch = batchNames.exec(stack)?.[1];
      const found = new Set(batch === undefined ? [] : [batches[batch]]);
      const result = await db.plain.transaction(async (query) => {
        const look: Query = (text, ...values) => {
          if (!batch) for (const name of decisionsIn(values)) found.add(name);
          return query(text, ...values);
        };
        // the commit comes on its own, so that there is a point before it
        const done = await work(look, look);
        for (const useCase of found) reach(`${useCase} before its commit`);
        return done;
      });
      for (const useCase of found) reach(`${useCase} after its commit`);
      return result;
    },
  };
  return new Proxy(db, {
    get(target, name) {
      if (name === "plain") return plain;
      if (name !== "$transaction") return Reflect.get(target, name);
      return async (work: (tx: unknown) => Promise<unknown>, options?: object) => {
        const useCase = useCases.exec(new Error("where").stack ?? "")?.[1];
        const inside = async (tx: unknown) => {
          const result = await work(tx);
          if (useCase) reach(`${useCase} before its commit`);
          return result;
        };
        const result = await target.$transaction(inside as never, options);
        if (useCase) reach(`${useCase} after its commit`);
        return result;
      };
    },
  });
}

hookPackets(Socket.prototype, "_onpacket", { reach, random, isCalm: settings.isCalm });
const logger = createLogger(process.env.FAULTS_LOG_LEVEL ?? "silent");
const db = withPoints(createDb(settings.databaseUrl));
const signals = createSignalFeed(settings.databaseUrl, logger);
// a hint is allowed to be lost: this server is deaf to some
const emit = signals.emit.bind(signals) as (name: string, ...args: unknown[]) => boolean;
signals.emit = ((name: string, ...args: unknown[]) =>
  name === "signal" && !settings.isCalm && random.chance(lostHints) ? false : emit(name, ...args)) as typeof signals.emit;

const httpServer = createServer((request, response) => {
  if (!relay.handleRequest(request, response)) response.writeHead(404).end();
});
httpServer.on("connection", (socket) => {
  sockets.add(socket);
  socket.once("close", () => sockets.delete(socket));
});
// shorter than the product's, so that what it waits for comes within the suite's time
const limits = {
  heartbeatMs: 500,
  leaseMs: 3_000,
  pollMs: 700,
  answerMs: 2_000,
  proofMs: 3_000,
  rivalMs: 1_000,
  handshakesPerMinute: 60_000,
};
const env = {
  PUBLIC_URL: "http://127.0.0.1",
  AUTH_SECRET: "a secret that is long enough for tests",
  INSTANCE_URL: "http://127.0.0.1",
  REDIS_URL: settings.redisUrl,
  TRUSTED_PROXIES: 0,
};
const relay = createRelay({ httpServer, env, db, logger, signals, clock: systemClock, limits });
const ctx = { db, clock: systemClock, logger, actor: { kind: "system" } } as const;
let sweeping = false;
setInterval(() => {
  if (sweeping) return;
  sweeping = true;
  // the database is away: the next one finds what this one did not
  sweepCommandsJob(ctx)
    .catch(() => {})
    .finally(() => {
      sweeping = false;
    });
}, 1_000);
httpServer.listen(0, "127.0.0.1", () => process.send?.({ port: (httpServer.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit(0));
process.on("unhandledRejection", (error) => {
  process.stderr.write(`server: a promise failed with nobody waiting: ${(error as Error).stack}\n`);
  process.exit(70);
});
