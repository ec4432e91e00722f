import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { readEnv } from "@/server/env";
import { createLogger } from "@/server/logger";
import { createTestDatabase, startPrivatePostgres, type TestDatabase } from "@/server/testing/database";
import { createRun, createScene, createUser, testClock, testSecret } from "@/server/testing/factories";
import { startJobs } from "./registry.ts";

const day = 24 * 60 * 60_000;
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

test("the jobs run at the start, in two processes at once, and leave what is still of use", async () => {
  const clock = testClock();
  const ago = (ms: number) => new Date(clock.now().getTime() - ms);
  const scene = await createScene(db);
  const { run } = await createRun(db, { ...scene, deadlineAt: ago(1) });
  const user = await createUser(db);
  const session = (tokenHash: string, ends: Date) => ({
    userId: user.id,
    tokenHash,
    createdAt: ago(day),
    lastSeenAt: ago(day),
    expiresAt: ends,
  });
  await db.session.createMany({ data: [session("over", ago(1)), session("alive", ago(-day))] });
  const code = (codeHash: string, expiresAt: Date) => ({
    projectId: scene.projectId,
    createdById: user.id,
    codeHash,
    createdAt: ago(2 * day),
    expiresAt,
  });
  await db.pairingCode.createMany({ data: [code("old", ago(day)), code("expired today", ago(60_000))] });
  const refusal = (subject: string, lastAt: Date) => ({
    id: randomUUID(),
    runnerId: scene.runner.id,
    kind: "host",
    rule: "nothing allows it",
    subject,
    count: 1,
    fatal: false,
    firstAt: ago(200 * day),
    lastAt,
  });
  await db.refusal.createMany({ data: [refusal("old", ago(90 * day)), refusal("lately", ago(89 * day))] });

  const parts = { env: readEnv({ DATABASE_URL: database.url, AUTH_SECRET: testSecret }), db, logger: createLogger("silent"), clock };
  const processes = await Promise.all([startJobs(parts), startJobs(parts)]);
  try {
    await vi.waitFor(async () => {
      expect((await db.run.findUniqueOrThrow({ where: { id: run.id } })).state).toBe("expired");
      expect(await db.session.findMany({ select: { tokenHash: true } })).toEqual([{ tokenHash: "alive" }]);
      expect(await db.pairingCode.findMany({ select: { codeHash: true } })).toEqual([{ codeHash: "expired today" }]);
      expect(await db.refusal.findMany({ select: { subject: true } })).toEqual([{ subject: "lately" }]);
    });
  } finally {
    await Promise.all(processes.map((each) => each.stop()));
  }
});

/** Until a query to a database that was there has timed out, a worker that is stuck has been ended, and the next one has begun. */
const whenBack = { timeout: 150_000, interval: 200 };

test("jobs go on after the database was away", { timeout: 240_000 }, async () => {
  const clock = testClock();
  const postgres = await startPrivatePostgres();
  const db = createDb(postgres.url);
  const jobs = await startJobs({
    env: readEnv({ DATABASE_URL: postgres.url, AUTH_SECRET: testSecret }),
    db,
    logger: createLogger("silent"),
    clock,
    restartMs: 100,
  });
  try {
    await postgres.stop();
    await postgres.start();
    const scene = await vi.waitFor(() => createScene(db));
    const { run } = await createRun(db, { ...scene, deadlineAt: clock.now() });
    await vi.waitFor(() => jobs.runNow());
    await vi.waitFor(async () => expect((await db.run.findUniqueOrThrow({ where: { id: run.id } })).state).toBe("expired"), whenBack);
  } finally {
    await jobs.stop();
    await db.$disconnect();
    await postgres.remove();
  }
});

test("jobs go on after the database went away just when the end of one was written", { timeout: 240_000 }, async () => {
  const clock = testClock();
  const postgres = await startPrivatePostgres();
  const db = createDb(postgres.url);
  const [job, end] = [new pg.Client(postgres.url), new pg.Client(postgres.url)];
  for (const client of [job, end]) {
    client.on("error", () => {});
    await client.connect();
  }
  const lock = (client: pg.Client, table: string, mode: string) => client.query(`begin; lock table ${table} in ${mode} mode`);
  await lock(job, '"PairingCode"', "access exclusive");
  const env = readEnv({ DATABASE_URL: postgres.url, AUTH_SECRET: testSecret });
  const jobs = await startJobs({ env, db, logger: createLogger("silent"), clock, restartMs: 100 });
  try {
    const waiting = async (table: string) => {
      const sql = "select 1 from pg_locks where not granted and relation = $1::regclass";
      expect((await end.query(sql, [table])).rowCount).toBeGreaterThan(0);
    };
    await vi.waitFor(() => waiting('"PairingCode"'));
    await lock(end, "graphile_worker._private_jobs", "share");
    await job.query("commit");
    await vi.waitFor(() => waiting("graphile_worker._private_jobs"));
    await postgres.stop();
    await postgres.start();
    const scene = await vi.waitFor(() => createScene(db));
    const { run } = await createRun(db, { ...scene, deadlineAt: clock.now() });
    await vi.waitFor(() => jobs.runNow());
    await vi.waitFor(async () => expect((await db.run.findUniqueOrThrow({ where: { id: run.id } })).state).toBe("expired"), whenBack);
  } finally {
    await jobs.stop();
    for (const client of [job, end]) await client.end().catch(() => {});
    await db.$disconnect();
    await postgres.remove();
  }
});

test("a server that starts while the database is away has its jobs when that is back", { timeout: 240_000 }, async () => {
  const clock = testClock();
  const postgres = await startPrivatePostgres();
  const db = createDb(postgres.url);
  const scene = await createScene(db);
  const { run } = await createRun(db, { ...scene, deadlineAt: clock.now() });
  await postgres.stop();
  const env = readEnv({ DATABASE_URL: postgres.url, AUTH_SECRET: testSecret });
  const jobs = await startJobs({ env, db, logger: createLogger("silent"), clock, restartMs: 100 });
  try {
    await postgres.start();
    await vi.waitFor(async () => expect((await db.run.findUniqueOrThrow({ where: { id: run.id } })).state).toBe("expired"), whenBack);
  } finally {
    await jobs.stop();
    await db.$disconnect();
    await postgres.remove();
  }
});
