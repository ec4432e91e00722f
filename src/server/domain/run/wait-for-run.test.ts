import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createSignalFeed, type SignalFeed } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createProject, createRun, createScene, testContext } from "@/server/testing/factories";
import { cancelRun } from "./cancel-run.ts";
import { getRun } from "./queries.ts";
import { waitForRun } from "./wait-for-run.ts";

let database: TestDatabase;
let db: Db;
let feed: SignalFeed;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  feed = createSignalFeed(database.url, testContext(db).logger);
  await new Promise<void>((resolve) => feed.once("resync", resolve));
});

afterAll(async () => {
  await feed.close();
  await db.$disconnect();
  await database.drop();
});

async function waiting() {
  const made = await createScene(db);
  const { run } = await createRun(db, { ...made, state: "running" });
  const ctx = testContext(db, made.actor);
  return { ctx, run, revision: (await getRun(ctx, run)).revision };
}

test("who waits for a run is told of its next change", async () => {
  const { ctx, run, revision } = await waiting();
  const told = waitForRun(ctx, { id: run.id, after: revision, wait: 25 }, feed, undefined);
  await cancelRun(ctx, run);
  const seen = await told;
  expect(seen.cancelRequestedAt).not.toBeNull();
  expect(seen.revision).not.toBe(revision);
});

test("what changed before, and a run that is over, is told at once", async () => {
  const { ctx, run } = await waiting();
  expect((await waitForRun(ctx, { id: run.id, after: "another", wait: 25 }, feed, undefined)).state).toBe("running");
  const made = await createScene(db);
  const { run: over } = await createRun(db, { ...made, state: "failed" });
  const { revision } = await getRun(testContext(db, made.actor), over);
  expect((await waitForRun(testContext(db, made.actor), { id: over.id, after: revision, wait: 25 }, feed, undefined)).state).toBe("failed");
});

test("a run that rests is told when the time is over or the caller leaves, and nobody keeps listening", async () => {
  const { ctx, run, revision } = await waiting();
  const before = feed.listenerCount("signal");
  const gone = new AbortController();
  const told = waitForRun(ctx, { id: run.id, after: revision, wait: 25 }, feed, gone.signal);
  gone.abort();
  expect((await told).revision).toBe(revision);
  expect((await waitForRun(ctx, { id: run.id, after: revision, wait: 0.05 }, feed, undefined)).revision).toBe(revision);
  expect(feed.listenerCount("signal")).toBe(before);
});

test("a member of another project does not learn of it by waiting", async () => {
  const { run, revision } = await waiting();
  const other = await createProject(db);
  await expectCode(
    waitForRun(testContext(db, actorOf(other.owner)), { id: run.id, after: revision, wait: 1 }, feed, undefined),
    "NOT_FOUND",
  );
});
