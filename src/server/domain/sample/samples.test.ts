import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { metrics } from "@/server/metrics";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createRun, createScene, createUser, testClock, testContext } from "@/server/testing/factories";
import { forgetSamples } from "./forget-samples.ts";
import { getRelayFigures, wasListening } from "./queries.ts";
import { readQueue } from "./queue-state.ts";
import { readProcess } from "./read-process.ts";
import { createSampler } from "./record-sample.ts";

const minute = 60_000;
let database: TestDatabase;
let db: Db;
let clock: ReturnType<typeof testClock>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  await db.processSample.deleteMany({});
  await db.project.deleteMany({});
  clock = testClock(new Date("2026-03-01T12:00:30Z"));
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const system = () => testContext(db, { kind: "system" }, clock);
const operator = async () => testContext(db, actorOf(await createUser(db, { isOperator: true })), clock);
function sampler() {
  return createSampler(system(), { processId: uuid(), read: async () => readProcess({ queue: await readQueue(system()) }) });
}

test("what each process counted in a minute is shown as one, for an hour by minutes and for longer by quarters", async () => {
  const [first, second] = [sampler(), sampler()];
  await first();
  await second();
  clock.advance(minute);
  metrics().runnerJoins.inc(3);
  metrics().commandTotalSeconds.observe(0.07);
  await first();
  await second();
  clock.advance(15 * minute);
  const hour = await getRelayFigures(await operator(), { span: "1h" }, { emailReady: false });
  const counted = hour.points.flatMap(({ at, figures }) => (figures ? [{ at, joins: figures.joins }] : []));
  // both samplers read the same process here, so each has seen the three
  expect(counted.at(-1)).toEqual({ at: "2026-03-01T12:00:00.000Z", joins: 6 });
  const total = hour.points.find(({ at }) => at === "2026-03-01T12:00:00.000Z")?.figures?.latencies.total;
  expect(total?.count).toBe(2);
  expect(total?.p50).toBeGreaterThan(0.05);
  expect(total?.p50).toBeLessThanOrEqual(0.1);
  const day = await getRelayFigures(await operator(), { span: "24h" }, { emailReady: false });
  expect(day.points).toHaveLength(96);
  expect(day.points.find(({ at }) => at === "2026-03-01T12:00:00.000Z")?.figures).toMatchObject({ joins: 6 });
});

test("nobody but an operator sees them", async () => {
  const person = testContext(db, actorOf(await createUser(db)), clock);
  await expectCode(getRelayFigures(person, { span: "1h" }, { emailReady: false }), "NOT_FOUND");
});

test("the queue is told by state, and its age by whether the runner is there", async () => {
  const seen = { connectionId: "c", lastSeenAt: clock.now() };
  const [online, offline] = [await createScene(db), await createScene(db)];
  await db.runner.update({ where: { id: online.runner.id }, data: seen });
  const ago = (seconds: number) => new Date(clock.now().getTime() - seconds * 1000);
  await createRun(db, { ...online, createdAt: ago(20) });
  await createRun(db, { ...online, createdAt: ago(5) });
  await createRun(db, { ...online, state: "running" });
  await createRun(db, { ...online, state: "succeeded" });
  await createRun(db, { ...offline, createdAt: ago(300) });
  expect(await readQueue(system())).toMatchObject({
    queued: 3,
    running: 1,
    oldestOnline: 20,
    oldestOffline: 300,
    onlineRunners: 1,
  });
});

test("samples that no chart shows are deleted", async () => {
  const row = (seconds: number, agoMinutes: number) => ({
    seconds,
    at: new Date(clock.now().getTime() - agoMinutes * minute),
    processId: uuid(),
    data: {},
  });
  const day = 24 * 60;
  await db.processSample.createMany({ data: [row(60, 119), row(60, 121), row(900, 8 * day - 1), row(900, 8 * day + 1)] });
  expect(await forgetSamples(system())).toBe(2);
});

test("a server that has only just come back was not listening", async () => {
  const take = sampler();
  for (let count = 0; count < 3; count += 1) {
    await take();
    expect(await wasListening(system(), 5 * minute)).toBe(false);
    clock.advance(minute);
  }
  await take();
  expect(await wasListening(system(), 5 * minute)).toBe(true);
});
