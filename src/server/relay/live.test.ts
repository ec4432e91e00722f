import { DASHBOARD_NAMESPACE } from "@deskhand/shared/protocol/version";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
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
let run: Awaited<ReturnType<typeof createRun>>["run"];
let runner: TestRunner;
const viewers: Socket[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  server = await startTestRelay(database.url);
});
beforeEach(async () => {
  scene = await createScene(db);
  // it was cancelled at once, so no command disturbs
  run = (await createRun(db, { ...scene, state: "cancelled" })).run;
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

async function cookieOf(user: { id: string }) {
  const { token } = await createSession(testContext(db), { userId: user.id, userAgent: null });
  const { name, value } = await sessionCookieFor(token, server.env);
  return `${name}=${value}`;
}

async function open({ cookie, origin = server.url }: { cookie?: string; origin?: string }) {
  const socket = io(`${server.url}${DASHBOARD_NAMESPACE}`, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    extraHeaders: { origin, ...(cookie ? { cookie } : {}) },
  });
  viewers.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  return socket;
}
const asMember = async () => open({ cookie: await cookieOf(await addMember(db, scene.projectId, "member")) });
const watch = (viewer: Socket, on = true, runId = run.id) => viewer.timeout(5_000).emitWithAck("watch-run", { v: 1, runId, on });
const frame = () => ({ v: 1, runId: run.id, width: 1280, height: 720, data: Buffer.from([1, 2, 3]) });
const nextLive = async () => (await runner.next<{ runId: string; on: boolean }>("live")).message;

describe("watching a run", () => {
  test("the runner is told of the first viewer and of the last, and frames pass in between", async () => {
    const [first, second] = [await asMember(), await asMember()];
    expect(await watch(first)).toEqual({ v: 1, ok: true });
    expect(await nextLive()).toEqual({ v: 1, runId: run.id, on: true });
    await watch(second);
    const seen = Promise.all([first, second].map((viewer) => new Promise<{ data: Buffer }>((resolve) => viewer.once("frame", resolve))));
    expect(await runner.ask("frame", frame())).toEqual({ v: 1, ok: true });
    for (const { data } of await seen) expect(Buffer.from(data)).toEqual(Buffer.from([1, 2, 3]));
    await watch(first, false);
    expect(runner.unread()).not.toContain("live");
    second.disconnect();
    expect(await nextLive()).toEqual({ v: 1, runId: run.id, on: false });
  });

  test("log lines pass as they come", async () => {
    const viewer = await asMember();
    await watch(viewer);
    const line = { seq: 1, at: new Date().toISOString(), step: 0, level: "info", message: "Hello" };
    const seen = new Promise((resolve) => viewer.once("live-log", resolve));
    await runner.ask("live-log", { v: 1, runId: run.id, lines: [line] });
    expect(await seen).toEqual({ v: 1, runId: run.id, lines: [line] });
  });

  test("what pages write to their console passes as it comes, and what they wrote before is read from the runner", async () => {
    const viewer = await asMember();
    await watch(viewer);
    const line = { seq: 4, at: new Date().toISOString(), step: null, level: "warn" as const, message: "Hello" };
    const seen = new Promise((resolve) => viewer.once("live-console", resolve));
    await runner.ask("live-console", { v: 1, runId: run.id, lines: [line] });
    expect(await seen).toEqual({ v: 1, runId: run.id, lines: [line] });
    const reading = server.relay.link.readLog(scene.runner.id, { runId: run.id, after: 3, of: "console" });
    const asked = await runner.next("console-request");
    expect(asked.message).toEqual({ v: 1, runId: run.id, after: 3 });
    asked.answer({ v: 1, ok: true, lines: [line], more: false });
    expect(await reading).toEqual({ lines: [line], more: false });
  });

  test("a runner that comes back is told who watches", async () => {
    await watch(await asMember());
    await nextLive();
    const folder = runner.folder;
    runner.leave();
    runner = dialRunner(server.url, scene.runner, { folder });
    await runner.welcome();
    expect(await nextLive()).toEqual({ v: 1, runId: run.id, on: true });
  });

  test("a frame that nobody watches is acknowledged, and the runner is told to stop", async () => {
    expect(await runner.ask("frame", frame())).toEqual({ v: 1, ok: true });
    expect(await nextLive()).toEqual({ v: 1, runId: run.id, on: false });
  });

  test("a runner cannot show anything for the run of another", async () => {
    const viewer = await asMember();
    await watch(viewer);
    const other = await createScene(db);
    const stranger = dialRunner(server.url, other.runner);
    await stranger.welcome();
    const shown = vi.fn();
    viewer.on("frame", shown);
    await stranger.ask("frame", frame());
    expect((await stranger.next<{ on: boolean }>("live")).message.on).toBe(false);
    await runner.ask("frame", { ...frame(), width: 7 });
    await vi.waitFor(() => expect(shown).toHaveBeenCalled());
    expect(shown.mock.calls.map(([message]) => message.width)).toEqual([7]);
    stranger.leave();
  });
});

describe("who may watch", () => {
  test("nobody who is not signed in", async () => {
    await expect(open({})).rejects.toThrow("UNAUTHENTICATED");
    await expect(open({ cookie: "next-auth.session-token=nonsense" })).rejects.toThrow("UNAUTHENTICATED");
  });

  test("not from another site's page, though the cookie comes with it", async () => {
    const cookie = await cookieOf(scene.owner);
    await expect(open({ cookie, origin: "https://evil.example" })).rejects.toThrow("FORBIDDEN");
  });

  test("only members of the run's project; others do not learn that it exists", async () => {
    const other = await createScene(db);
    const viewer = await open({ cookie: await cookieOf(other.owner) });
    expect(await watch(viewer)).toEqual({ v: 1, ok: false, code: "NOT_FOUND" });
    expect(await viewer.timeout(5_000).emitWithAck("watch-run", { runId: 7 })).toEqual({ v: 1, ok: false, code: "MESSAGE_INVALID" });
    expect(runner.unread()).not.toContain("live");
  });

  test("no longer when the session is revoked or the person left the project", async () => {
    const members = [await addMember(db, scene.projectId, "member"), await addMember(db, scene.projectId, "member")] as const;
    const [revoked, left] = [await open({ cookie: await cookieOf(members[0]) }), await open({ cookie: await cookieOf(members[1]) })];
    await Promise.all([watch(revoked), watch(left)]);
    const ends = [revoked, left].map((viewer) => new Promise((resolve) => viewer.once("disconnect", resolve)));
    await db.session.updateMany({ where: { userId: members[0].id }, data: { revokedAt: new Date() } });
    await db.member.delete({ where: { projectId_userId: { projectId: scene.projectId, userId: members[1].id } } });
    await Promise.all(ends);
  });
});
