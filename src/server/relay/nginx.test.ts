import { createHash, randomBytes, randomUUID } from "node:crypto";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { DASHBOARD_NAMESPACE } from "@deskhand/shared/protocol/version";
import { io } from "socket.io-client";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { createSession } from "@/server/domain/session/create-session";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { actorOf, createProfile, createProject, createRun, createRunner, createWorkflow, testContext } from "@/server/testing/factories";
import { startTestNginx, type TestNginx } from "@/server/testing/nginx";
import { createRunnerFolder, type Runner, startRealRunner } from "@/server/testing/real-runner";
import { startTestRedis, type TestRedis } from "@/server/testing/redis";
import { sessionCookieFor } from "@/server/testing/session-cookie";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

/** Two server processes behind nginx with TLS, configured as docs/deploy/nginx.conf says, and the real runner that knows only nginx. */
let database: TestDatabase;
let db: Db;
let redis: TestRedis;
let nginx: TestNginx;
let servers: TestRelay[];
let runner: Runner;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let scene: Awaited<ReturnType<typeof createRealScene>>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  redis = await startTestRedis();
  servers = await Promise.all([startServer(), startServer()]);
  nginx = await startTestNginx(servers.map(({ url }) => url));
  setDefaultCACertificates([...getCACertificates("default"), nginx.certificate]);
  folder = await createRunnerFolder(nginx.url);
  scene = await createRealScene();
  runner = startRealRunner(folder.home);
});
afterAll(async () => {
  await runner?.stop();
  folder?.remove();
  await nginx?.remove();
  await Promise.all((servers ?? []).map((server) => server.close()));
  await redis?.remove();
  await db?.$disconnect();
  await database?.drop();
});

const startServer = (port = 0) =>
  startTestRelay(database.url, { redisUrl: redis.url, port, heartbeatMs: 500, leaseMs: 5_000, drainMs: 3_000 });

async function createRealScene() {
  const project = await createProject(db);
  const { runnerId: id, publicKey, fingerprint } = folder;
  return {
    project,
    projectId: project.id,
    actor: actorOf(project.owner),
    runner: await createRunner(db, { projectId: project.id, id, publicKey, fingerprint }),
  };
}

/** A run whose title says what it does, on a profile of its own. */
async function queueRun(title = "look") {
  const { projectId, runner: target } = scene;
  const profile = await createProfile(db, { projectId, runnerId: target.id });
  const workflow = await createWorkflow(db, { projectId, recording: { title, steps: [{ type: "navigate", url: "about:blank" }] } });
  return createRun(db, { ...scene, profile, workflow });
}

const until = (check: () => unknown) => vi.waitFor(check, { interval: 50 });
const becomes = (id: string, expected: object) =>
  until(async () => expect(await db.run.findUniqueOrThrow({ where: { id } })).toMatchObject(expected));
const historyOf = async (commandId: string) =>
  (await db.commandTransition.findMany({ where: { commandId }, orderBy: { id: "asc" } })).map(({ to }) => to);
const whole = ["queued", "leased", "accepted", "running", "succeeded"];

async function cookie(): Promise<string> {
  const server = servers[0];
  if (!server) throw new Error("no server");
  const { token } = await createSession(testContext(db), { userId: scene.project.owner.id, userAgent: null });
  const { name, value } = await sessionCookieFor(token, server.env);
  return `${name}=${value}`;
}

test("a run is deployed, watched and read through nginx, whichever process each connection reached", async () => {
  const { run, command } = await queueRun("hang");
  await becomes(run.id, { state: "running" });
  const viewer = io(`${nginx.url}${DASHBOARD_NAMESPACE}`, {
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    extraHeaders: { origin: nginx.url, cookie: await cookie() },
  });
  try {
    await new Promise<void>((resolve, reject) => {
      viewer.once("connect", resolve);
      viewer.once("connect_error", reject);
    });
    const frame = new Promise((resolve) => viewer.once("frame", resolve));
    expect(await viewer.timeout(5_000).emitWithAck("watch-run", { v: 1, runId: run.id, on: true })).toEqual({ v: 1, ok: true });
    expect(await frame).toMatchObject({ runId: run.id });
  } finally {
    viewer.disconnect();
  }
  await db.$transaction((tx) => requestCancel(tx, testContext(db, scene.actor), command.id));
  await becomes(run.id, { state: "cancelled", failureCode: "CANCELLED" });
});

test("a file of any size goes through both ways", async () => {
  const { run } = await queueRun();
  await becomes(run.id, { state: "succeeded" });
  const content = randomBytes(12_000_000);
  const id = randomUUID();
  await runner.stop();
  await keepArtifact({ id, runId: run.id, content });
  runner = startRealRunner(folder.home);
  await until(async () => {
    const response = await fetch(`${nginx.url}/api/v1/artifacts/${id}/content`, { headers: { cookie: await cookie() } });
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
  });
});

/** Puts a file where a run would have left it, and tells the server of it. */
async function keepArtifact({ id, runId, content }: { id: string; runId: string; content: Buffer }): Promise<void> {
  await folder.keepFile({ id, runId, content });
  const sha256 = createHash("sha256").update(content).digest("hex");
  await db.artifact.create({
    data: { id, runId, type: "trace", name: "a.zip", bytes: content.length, sha256, contentType: "application/zip", createdAt: new Date() },
  });
}

test("a rolling restart of both processes interrupts no run, loses none and does none twice", async () => {
  const long = await queueRun("hang");
  await becomes(long.run.id, { state: "running" });
  const short = [];
  for (const [index, server] of servers.entries()) {
    short.push(await queueRun(), await queueRun());
    const port = Number(new URL(server.url).port);
    await server.drain();
    short.push(await queueRun());
    servers[index] = await startServer(port);
    short.push(await queueRun());
  }
  for (const { run, command } of short) {
    await becomes(run.id, { state: "succeeded" });
    expect(await historyOf(command.id)).toEqual(whole);
  }
  expect(await db.run.findUniqueOrThrow({ where: { id: long.run.id } })).toMatchObject({ state: "running" });
  await db.$transaction((tx) => requestCancel(tx, testContext(db, scene.actor), long.command.id));
  await becomes(long.run.id, { state: "cancelled", failureCode: "CANCELLED" });
});
