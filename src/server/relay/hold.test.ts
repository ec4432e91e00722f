import { randomUUID } from "node:crypto";
import { DASHBOARD_NAMESPACE } from "@deskhand/shared/protocol/version";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createSession } from "@/server/domain/session/create-session";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { addMember, createRun, createScene, testContext } from "@/server/testing/factories";
import { sessionCookieFor } from "@/server/testing/session-cookie";
import { dialRunner, startTestRelay, type TestRelay, type TestRunner } from "@/server/testing/test-relay";

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let scene: Awaited<ReturnType<typeof createScene>>;
let runId: string;
let runner: TestRunner;
const viewers: Socket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  server = await startTestRelay(database.url);
});
beforeEach(async () => {
  scene = await createScene(db);
  runId = (await createRun(db, { ...scene, state: "cancelled" })).run.id;
  runner = dialRunner(server.url, scene.runner);
  await runner.welcome();
});
afterEach(() => {
  for (const viewer of viewers.splice(0)) viewer.disconnect();
  runner.leave();
});
afterAll(async () => {
  await server?.close();
  await db?.$disconnect();
  await database?.drop();
});

async function viewerOf(user: { id: string }): Promise<Socket> {
  const { token } = await createSession(testContext(db), { userId: user.id, userAgent: null });
  const { name, value } = await sessionCookieFor(token, server.env);
  const socket = io(`${server.url}${DASHBOARD_NAMESPACE}`, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    extraHeaders: { origin: server.url, cookie: `${name}=${value}` },
  });
  viewers.push(socket);
  await new Promise((resolve) => socket.once("connect", () => resolve(undefined)));
  return socket;
}

/** A task by which this person has taken the page. */
async function holdOf(user: { id: string }): Promise<string> {
  const now = new Date();
  const { id } = await db.command.create({
    data: {
      ...{ projectId: scene.projectId, runnerId: scene.runner.id, kind: "run.hold", state: "succeeded", requestedById: user.id },
      ...{ payload: { runId, key: null }, deadlineAt: now, createdAt: now, finishedAt: now },
    },
  });
  return id;
}

const message = (holdId: string) => ({
  v: 1,
  runId,
  holdId,
  text: JSON.stringify({ holdId, seq: 1, inputs: [{ t: "keep" }] }),
  signature: "c2ln",
});
const send = (viewer: Socket, holdId: string) => viewer.timeout(10_000).emitWithAck("hold-input", message(holdId));

test("what a person does who has the page goes to its runner as they signed it, and the answer comes back", async () => {
  const viewer = await viewerOf(scene.owner);
  const holdId = await holdOf(scene.owner);
  const sent = send(viewer, holdId);
  const { message: passed, answer } = await runner.next("hold-input");
  expect(passed).toEqual(message(holdId));
  answer({ v: 1, ok: false, code: "HOLD_OVER" });
  expect(await sent).toEqual({ v: 1, ok: false, code: "HOLD_OVER" });
});

test("nobody acts by the hold of another, nor by one that never was", async () => {
  const holdId = await holdOf(scene.owner);
  const other = await viewerOf(await addMember(db, scene.projectId, "admin"));
  expect(await send(other, holdId)).toMatchObject({ ok: false, code: "FORBIDDEN" });
  expect(await send(other, randomUUID())).toMatchObject({ ok: false, code: "NOT_FOUND" });
  const stranger = await viewerOf((await createScene(db)).owner);
  expect(await send(stranger, holdId)).toMatchObject({ ok: false, code: "NOT_FOUND" });
  expect(runner.unread()).not.toContain("hold-input");
});

test("what the page shows besides its picture reaches those who watch", async () => {
  const viewer = await viewerOf(scene.owner);
  await viewer.timeout(5_000).emitWithAck("watch-run", { v: 1, runId, on: true });
  const seen = new Promise((resolve) => viewer.once("hold-news", resolve));
  const news = {
    ...{ v: 1, runId, holdId: randomUUID(), shown: 0, chooser: null, dialog: null, isWaiting: true },
    tabs: [{ url: "https://shop.example/", title: "Shop" }],
  };
  expect(await runner.ask("hold-news", news)).toMatchObject({ ok: true });
  expect(await seen).toEqual(news);
});

test("what a run records goes to those who watch it, and to nobody else", async () => {
  const [viewer, stranger] = [await viewerOf(scene.owner), await viewerOf((await createScene(db)).owner)];
  const watch = { v: 1, runId, on: true };
  expect(await viewer.timeout(10_000).emitWithAck("watch-run", watch)).toMatchObject({ ok: true });
  expect(await stranger.timeout(10_000).emitWithAck("watch-run", watch)).toMatchObject({ ok: false });
  const seen: unknown[] = [];
  stranger.on("recorded", (told) => seen.push(told));
  const holdId = randomUUID();
  const told = { v: 1, runId, holdId, revision: 1, isPaused: false, isFull: false, picking: null };
  const steps = [{ id: 1, step: { type: "navigate", url: "https://example.com/" } }];
  const came = new Promise((resolve) => viewer.once("recorded", resolve));
  runner.socket.emit("recorded", { ...told, steps });
  expect(await came).toEqual({ ...told, steps });
  expect(seen).toEqual([]);
});
