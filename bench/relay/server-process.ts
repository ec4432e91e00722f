// The relay, signals and domain of the product on a port of their own, without the pages, with the product's limits.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { v7 as uuid } from "uuid";
import { batched } from "@/server/batch";
import { systemClock } from "@/server/context";
import { createDb } from "@/server/db";
import { enqueueCommands } from "@/server/domain/command/enqueue-command";
import { readDeviceKey } from "@/server/domain/runner/fingerprint";
import { createLogger } from "@/server/logger";
import { createRelay } from "@/server/relay/create-relay";
import { createSignalFeed } from "@/server/signals";
import { createProject } from "@/server/testing/factories";
import { answerParent, memory, told } from "./answer-parent.ts";
import { keepUnderWay } from "./round-trips.ts";

const databaseUrl: string = told.databaseUrl as never;
const logger = createLogger("warn");
const db = createDb(databaseUrl);
const signals = createSignalFeed(databaseUrl, logger);
const ctx = { db, clock: systemClock, logger, actor: { kind: "system" } } as const;
const httpServer = createServer((request, response) => {
  if (!relay.handleRequest(request, response)) response.writeHead(404).end();
});
const env = {
  PUBLIC_URL: "http://127.0.0.1",
  AUTH_SECRET: "a secret that is long enough for a benchmark",
  INSTANCE_URL: "http://127.0.0.1",
  REDIS_URL: undefined,
  TRUSTED_PROXIES: 0,
};
const limits = told.pollMs ? { pollMs: Number(told.pollMs) } : {};
const relay = createRelay({ httpServer, env, db, logger, signals, clock: systemClock, limits });
await new Promise<void>((resolve) => httpServer.listen(Number(told.port ?? 0), "127.0.0.1", resolve));

/** Who waits for the end of a command; its profile's id is what the product announces then. */
const awaited = new Map<string, () => void>();
signals.on("signal", (signal) => {
  if (signal.kind !== "change" || signal.topic !== "profile") return;
  awaited.get(signal.id)?.();
  awaited.delete(signal.id);
});

const inAnHour = () => new Date(Date.now() + 60 * 60_000);

/**
 * A command that is small and not a run: nothing but the way there and back. Those that are wanted at the same moment are queued in one
 * transaction, as the runs of a deployment are.
 */
const queue = batched<{ projectId: string; runnerId: string; profileId: string }, { id: string }>({
  work: (given, batch) => {
    const commands = batch.map(
      ({ input: { projectId, runnerId, profileId } }) =>
        ({ projectId, runnerId, kind: "profile.delete", payload: { profileId }, deadlineAt: inAnHour() }) as const,
    );
    return enqueueCommands(given.plain.query, ctx, commands);
  },
});

answerParent({
  port: () => (httpServer.address() as AddressInfo).port,
  memory,
  /** Puts accepted runners with these device keys into the database. */
  async enroll({ publicKeys }: { publicKeys: string[] }) {
    const { id: projectId } = await createProject(db);
    const now = new Date();
    const facts = { platform: "linux", arch: "x64", version: "0.1.0", sealRecipient: `age1${"q".repeat(58)}`, status: "accepted" } as const;
    const rows = publicKeys.map((key, n) => ({
      ...facts,
      ...readDeviceKey(key),
      id: uuid(),
      projectId,
      name: `Runner ${n}`,
      acceptedAt: now,
      createdAt: now,
      keyCreatedAt: now,
    }));
    for (let from = 0; from < rows.length; from += 1_000) await db.runner.createMany({ data: rows.slice(from, from + 1_000) });
    return { projectId, runnerIds: rows.map(({ id }) => id) };
  },
  roundTrips({ seconds, atOnce, projectId, runnerIds }: { seconds: number; atOnce: number; projectId: string; runnerIds: string[] }) {
    return keepUnderWay(seconds, atOnce, async (n) => {
      const profileId = uuid();
      const over = new Promise<void>((resolve) => awaited.set(profileId, resolve));
      await queue(ctx, { projectId, runnerId: runnerIds[n % runnerIds.length] ?? "", profileId });
      await over;
    });
  },
  /** Hears no hint any more, so that what is queued from here on waits. */
  fallDeaf() {
    signals.removeAllListeners("signal");
  },
  /** Queues one command for each. */
  async queueForAll({ projectId, runnerIds }: { projectId: string; runnerIds: string[] }) {
    await Promise.all(runnerIds.map((runnerId) => queue(ctx, { projectId, runnerId, profileId: uuid() })));
  },
});
