import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { Command } from "@deskhand/shared/protocol/commands";
import type { ArtifactRequest } from "@deskhand/shared/protocol/live";
import { DASHBOARD_NAMESPACE } from "@deskhand/shared/protocol/version";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createSession } from "@/server/domain/session/create-session";
import type { AppError } from "@/server/errors";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createRun, createScene, testContext } from "@/server/testing/factories";
import { startTestRedis, type TestRedis } from "@/server/testing/redis";
import { sessionCookieFor } from "@/server/testing/session-cookie";
import { dialRunner, startTestRelay, type TestRelay, type TestRunner } from "@/server/testing/test-relay";

/** Two server processes on one database and one Redis: people are at A, the runner is at B. */
let database: TestDatabase;
let db: Db;
let redis: TestRedis;
let a: TestRelay;
let b: TestRelay;
let scene: Awaited<ReturnType<typeof createScene>>;
let runner: TestRunner;
const viewers: Socket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  redis = await startTestRedis();
  const options = { redisUrl: redis.url, requestMs: 1_500, rivalMs: 1_000 };
  [a, b] = await Promise.all([startTestRelay(database.url, options), startTestRelay(database.url, options)]);
});
beforeEach(async () => {
  scene = await createScene(db);
  runner = dialRunner(b.url, scene.runner);
  await runner.welcome();
});
afterEach(() => {
  for (const viewer of viewers.splice(0)) viewer.disconnect();
  runner.leave();
});
afterAll(async () => {
  await Promise.all([a?.close(), b?.close()]);
  await redis?.remove();
  await db?.$disconnect();
  await database?.drop();
});

const until = (check: () => unknown) => vi.waitFor(check, { interval: 20 });
const readLog = () => a.relay.link.readLog(scene.runner.id, { runId: randomUUID(), after: 0 });
const codeOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => (error as AppError).code);
const answerLog = async (answer: object) => (await runner.next("log-request")).answer({ v: 1, ...answer });
const lines = [{ seq: 1, at: new Date().toISOString(), step: null, level: "info", message: "Hello" }];

async function cookie(server: TestRelay): Promise<string> {
  const { token } = await createSession(testContext(db), { userId: scene.owner.id, userAgent: null });
  const { name, value } = await sessionCookieFor(token, server.env);
  return `${name}=${value}`;
}

async function watch(server: TestRelay, runId: string): Promise<Socket> {
  const viewer = io(`${server.url}${DASHBOARD_NAMESPACE}`, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    extraHeaders: { origin: server.url, cookie: await cookie(server) },
  });
  viewers.push(viewer);
  await new Promise<void>((resolve, reject) => {
    viewer.once("connect", resolve);
    viewer.once("connect_error", reject);
  });
  expect(await viewer.timeout(5_000).emitWithAck("watch-run", { v: 1, runId, on: true })).toEqual({ v: 1, ok: true });
  return viewer;
}
const nextFrame = (viewer: Socket) => new Promise<{ data: Buffer }>((resolve) => viewer.once("frame", resolve));
const nextLive = async (at = runner) => (await at.next<{ runId: string; on: boolean }>("live")).message;

describe("a runner that another server process holds", () => {
  test("gets what is deployed here", async () => {
    const { command } = await createRun(db, scene);
    expect((await runner.next<Command>("command")).message.id).toBe(command.id);
  });

  test("is asked for a log from here; its refusals and its silence have their codes", async () => {
    const reading = readLog();
    await answerLog({ ok: true, lines, more: false });
    expect(await reading).toEqual({ lines, more: false });
    const refused = readLog();
    await answerLog({ ok: false, code: "ARTIFACT_GONE" });
    expect(await codeOf(refused)).toBe("ARTIFACT_GONE");
    const unreadable = readLog();
    await answerLog({ nonsense: true });
    expect(await codeOf(unreadable)).toBe("MESSAGE_INVALID");
    expect(await codeOf(readLog())).toBe("RUNNER_TIMEOUT");
    runner.leave();
    await until(async () => expect(await codeOf(readLog())).toBe("RUNNER_OFFLINE"));
  });

  test("sends a file to whoever reads it here, though its upload arrives there", async () => {
    const content = randomBytes(2_000_000);
    const { run } = await createRun(db, { ...scene, state: "succeeded" });
    const id = randomUUID();
    const sha256 = createHash("sha256").update(content).digest("hex");
    await db.artifact.create({
      data: {
        id,
        runId: run.id,
        type: "trace",
        name: "a.zip",
        bytes: content.length,
        sha256,
        contentType: "application/zip",
        createdAt: new Date(),
      },
    });
    const reading = fetch(`${a.url}/api/v1/artifacts/${id}/content`, { headers: { cookie: await cookie(a) } });
    const request = await runner.next<ArtifactRequest>("artifact-request");
    request.answer({ v: 1, ok: true });
    const { uploadPath, token } = request.message;
    const put = (path: string, bearer = token) =>
      fetch(`${b.url}${path}`, { method: "PUT", body: content, headers: { authorization: `Bearer ${bearer}` } });
    expect((await put(uploadPath, "wrong")).status).toBe(404);
    // an address that nobody sealed leads nowhere
    expect((await put(uploadPath.replace(/blobs\/./, "blobs/-"))).status).toBe(404);
    expect((await put(uploadPath)).status).toBe(204);
    const response = await reading;
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
  });

  test("is watched from here and there; it draws until the last of all has left", async () => {
    const { run } = await createRun(db, { ...scene, state: "cancelled" });
    const [here, there] = [await watch(a, run.id), await watch(b, run.id)];
    expect(await nextLive()).toEqual({ v: 1, runId: run.id, on: true });
    const seen = Promise.all([nextFrame(here), nextFrame(there)]);
    const frame = { v: 1, runId: run.id, width: 10, height: 10, data: Buffer.from([1, 2, 3]) };
    await runner.ask("frame", frame);
    for (const { data } of await seen) expect([...new Uint8Array(data)]).toEqual([1, 2, 3]);
    there.disconnect();
    await runner.ask("frame", frame);
    here.disconnect();
    expect(await nextLive()).toEqual({ v: 1, runId: run.id, on: false });
  });

  test("may come to this process: its connection there is cut, and who watched it goes on", async () => {
    const { run } = await createRun(db, { ...scene, state: "cancelled" });
    const viewer = await watch(b, run.id);
    expect(await nextLive()).toMatchObject({ on: true });
    const moved = dialRunner(a.url, scene.runner, { folder: runner.folder, instanceId: runner.instanceId });
    try {
      await moved.welcome();
      await runner.next("closed");
      expect(await nextLive(moved)).toEqual({ v: 1, runId: run.id, on: true });
      const seen = nextFrame(viewer);
      await moved.ask("frame", { v: 1, runId: run.id, width: 10, height: 10, data: Buffer.from([4]) });
      expect([...new Uint8Array((await seen).data)]).toEqual([4]);
    } finally {
      moved.leave();
    }
  });

  test("is locked when a copy of it appears here while it lives", async () => {
    const copy = dialRunner(a.url, scene.runner, { folder: { ...runner.folder } });
    expect((await copy.next("refused")).message).toMatchObject({ code: "RUNNER_LOCKED", final: true });
    await runner.next("closed");
    expect((await db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } })).status).toBe("locked");
  });
});

test("without Redis nothing that is durable waits, and what needs it comes back with it", async () => {
  await redis.stop();
  const { run, command } = await createRun(db, scene);
  const sent = await runner.next<Command>("command");
  expect(sent.message.id).toBe(command.id);
  sent.answer({ v: 1, status: "accepted", leaseToken: sent.message.leaseToken });
  await until(async () => expect((await db.run.findUniqueOrThrow({ where: { id: run.id } })).state).toBe("accepted"));
  expect(await codeOf(readLog())).toBe("RUNNER_TIMEOUT");
  runner.socket.on("log-request", (_: unknown, answer: (message: object) => void) => answer({ v: 1, ok: true, lines, more: false }));
  await redis.start();
  await until(async () => expect(await readLog()).toEqual({ lines, more: false }));
});
