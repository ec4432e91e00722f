import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { cachedQueue } from "@/server/domain/sample/queue-state";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createRun, createScene, testClock } from "@/server/testing/factories";
import { answerStatusPage } from "./status-pages.ts";

let database: TestDatabase;
let db: Db;
let url: string;
let broken = false;
const clock = testClock();

const server = createServer((request, response) => {
  const queue = cachedQueue({ db, clock }, 0);
  const readQueue = () => (broken ? Promise.reject(new Error("away")) : queue());
  void answerStatusPage({ db, isDraining: () => false, readQueue }, request, response);
});

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await db.$disconnect();
  await database.drop();
});

const scrape = async () => (await fetch(`${url}/metrics`)).text();

test("a scrape tells what waits by state and how old it is, from the database, and the latencies of this process", async () => {
  const scene = await createScene(db);
  await createRun(db, { ...scene, createdAt: new Date(clock.now().getTime() - 90_000) });
  const text = await scrape();
  expect(text).toContain('deskhand_commands{state="queued"} 1');
  expect(text).toContain('deskhand_commands{state="running"} 0');
  expect(text).toMatch(/deskhand_oldest_queued_seconds\{runner="offline"\} 90(\.\d+)?\n/);
  expect(text).toContain("deskhand_database_up 1");
  for (const name of ["queued", "accept", "start", "total"]) expect(text).toContain(`deskhand_command_${name}_seconds_bucket{le="+Inf"}`);
  for (const name of ["runner_ping_seconds_count", "runner_reconnects_total", "delivery_attempts_total", "connected_runners"]) {
    expect(text).toContain(`deskhand_${name}`);
  }
});

test("a scrape without the database still answers, and tells no number that it does not know", async () => {
  broken = true;
  const text = await scrape();
  expect(text).toContain("deskhand_database_up 0");
  expect(text).not.toMatch(/^deskhand_(commands|oldest_queued_seconds|online_runners|pending_deliveries)[ {]/m);
  broken = false;
});

test("a scrape that came through a proxy is told that there is nothing", async () => {
  const response = await fetch(`${url}/metrics`, { headers: { "x-forwarded-for": "203.0.113.9" } });
  expect(response.status).toBe(404);
});
