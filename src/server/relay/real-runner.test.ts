import type { Recording } from "@deskhand/shared/schemas/recording";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { requestKeyRotation } from "@/server/domain/runner/request-key-rotation";
import { revokeRunner } from "@/server/domain/runner/revoke-runner";
import { isOnline } from "@/server/domain/runner/rules";
import { sendSignals } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createProfile, createRun, createWorkflow, testContext } from "@/server/testing/factories";
import { copyRunnerFolder, createRunnerFolder, loadIdentity, type Runner, startRealRunner } from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

/** The whole way between the server's database and the real runner's journal; only the browser is not there. */

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let scene: Awaited<ReturnType<typeof createRealScene>>;
const runners: Runner[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  folder = await createRunnerFolder(server.url);
  scene = await createRealScene(db, folder);
});
afterEach(async () => {
  for (const runner of runners.splice(0)) await runner.stop();
  await server.close();
  folder.remove();
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

function start(home = folder.home): Runner {
  const runner = startRealRunner(home);
  runners.push(runner);
  return runner;
}
/** Queues a run on a profile of its own; the title says what it does. */
async function queueRun(title = "look") {
  const recording: Recording = { title, steps: [{ type: "navigate", url: "about:blank" }] };
  const { projectId, runner } = scene;
  const profile = await createProfile(db, { projectId, runnerId: runner.id });
  const workflow = await createWorkflow(db, { projectId, recording });
  const made = await createRun(db, { ...scene, profile, workflow });
  await db.$transaction((tx) => sendSignals(tx, [{ kind: "commands", runnerId: runner.id }]));
  return made;
}
const until = (check: () => Promise<void>) => vi.waitFor(check);
const becomes = (runId: string, expected: object) =>
  until(async () => expect(await db.run.findUniqueOrThrow({ where: { id: runId } })).toMatchObject(expected));
const historyOf = async (commandId: string) =>
  (await db.commandTransition.findMany({ where: { commandId }, orderBy: { id: "asc" } })).map(({ to }) => to);
const rowOf = () => db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } });
const whole = ["queued", "leased", "accepted", "running", "succeeded"];
async function restartServer() {
  const port = Number(new URL(server.url).port);
  await server.kill();
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000, port });
}

describe("the real runner", () => {
  test("takes a run, carries it out and tells of it", async () => {
    start();
    const { run, command } = await queueRun();
    await becomes(run.id, { state: "succeeded", failureCode: null });
    expect(await historyOf(command.id)).toEqual(whole);
    expect(await db.runStep.findMany({ where: { runId: run.id } })).toMatchObject([{ index: 0, state: "succeeded" }]);
    const log = await server.relay.link.readLog(scene.runner.id, { runId: run.id, after: 0 });
    expect(log.lines.map(({ message }) => message)).toContain("inputs: ");
  });

  test("does many runs at once, each once", async () => {
    start();
    const made = await Promise.all(Array.from({ length: 12 }, () => queueRun()));
    for (const { run, command } of made) {
      await becomes(run.id, { state: "succeeded" });
      expect(await historyOf(command.id)).toEqual(whole);
    }
  });

  test("deletes a profile's folder when it is told to", async () => {
    start();
    const { id } = await db.$transaction((tx) =>
      enqueueCommand(tx, testContext(db, scene.actor), {
        projectId: scene.projectId,
        runnerId: scene.runner.id,
        kind: "profile.delete",
        payload: { profileId: scene.project.id },
        deadlineAt: new Date(Date.now() + 60_000),
      }),
    );
    await until(async () => expect((await db.command.findUniqueOrThrow({ where: { id } })).state).toBe("succeeded"));
  });

  test.each(["before it was taken", "while it runs"])("stops a run that is cancelled %s", async (when) => {
    if (when === "while it runs") start();
    const { run, command } = await queueRun("hang");
    if (when === "while it runs") await becomes(run.id, { state: "running" });
    await db.$transaction((tx) => requestCancel(tx, testContext(db, scene.actor), command.id));
    await becomes(run.id, { state: "cancelled", failureCode: "CANCELLED" });
  });
});

describe("a new device key", () => {
  const keyOf = async () => (await db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } })).publicKey;
  const ask = () => requestKeyRotation(testContext(db, scene.actor), { id: scene.runner.id });

  test("is made when somebody asks for one, and the runner is known by it afterwards", async () => {
    const runner = start();
    await until(async () => expect(isOnline(await rowOf(), new Date())).toBe(true));
    const before = await keyOf();
    await ask();
    await until(async () => expect(await keyOf()).not.toBe(before));
    await until(async () => expect(loadIdentity(folder.home)?.publicKey).toBe(await keyOf()));
    // the one before is not needed any more
    await db.runner.update({ where: { id: scene.runner.id }, data: { previousKeyUntil: new Date(0) } });
    await runner.stop();
    start();
    const { run } = await queueRun();
    await becomes(run.id, { state: "succeeded" });
  });

  test("is agreed on later when the server dies at any point of it", async () => {
    start();
    const before = await keyOf();
    await ask();
    for (let turn = 0; turn < 3; turn += 1) await restartServer();
    await until(async () => expect(await keyOf()).not.toBe(before));
    await until(async () => expect(loadIdentity(folder.home)?.publicKey).toBe(await keyOf()));
    const { run } = await queueRun();
    await becomes(run.id, { state: "succeeded" });
  });
});

describe("faults between server and runner", () => {
  test("a server that is killed in mid-run and started again finds the run going on, and ends it once", async () => {
    start();
    const { run, command } = await queueRun("hang");
    const short = await queueRun();
    await becomes(run.id, { state: "running" });
    await becomes(short.run.id, { state: "succeeded" });
    await restartServer();
    const later = await queueRun();
    await becomes(later.run.id, { state: "succeeded" });
    await becomes(run.id, { state: "running" });
    await db.$transaction((tx) => requestCancel(tx, testContext(db, scene.actor), command.id));
    await becomes(run.id, { state: "cancelled" });
    // the second "running": the cancel was asked
    expect(await historyOf(command.id)).toEqual(["queued", "leased", "accepted", "running", "running", "cancelled"]);
  });

  test("servers that are killed again and again neither lose nor double a run", async () => {
    start();
    const made = [];
    for (let turn = 0; turn < 3; turn += 1) {
      made.push(...(await Promise.all([queueRun(), queueRun(), queueRun()])));
      await restartServer();
    }
    for (const { run, command } of made) {
      await becomes(run.id, { state: "succeeded" });
      expect(await historyOf(command.id)).toEqual(whole);
    }
  });

  test("a runner that is stopped in mid-run tells so when it comes back, and does not do it twice", async () => {
    const runner = start();
    const { run, command } = await queueRun("hang");
    await becomes(run.id, { state: "running" });
    await runner.stop();
    start();
    await becomes(run.id, { state: "failed", failureCode: "RUNNER_RESTARTED", failureStep: 0 });
    expect(await historyOf(command.id)).toEqual(["queued", "leased", "accepted", "running", "failed"]);
  });

  test("a server that stops lets its runner go, and the next one has it back", async () => {
    start();
    const port = Number(new URL(server.url).port);
    const online = async () => isOnline(await db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } }), new Date());
    await until(async () => expect(await online()).toBe(true));
    await server.relay.drain();
    await until(async () => expect(await online()).toBe(false));
    await server.close();
    server = await startTestRelay(database.url, { heartbeatMs: 200, port });
    await until(async () => expect(await online()).toBe(true));
  });
});

describe("runners that are not wanted", () => {
  test("a runner whose key is revoked stops, and says why", async () => {
    const runner = start();
    const { run } = await queueRun();
    await becomes(run.id, { state: "succeeded" });
    await revokeRunner(testContext(db, scene.actor), { id: scene.runner.id });
    expect(await runner.ended).toEqual({ state: "refused", code: "RUNNER_REVOKED" });
  });

  test("a copy of its folder that is started elsewhere stops both", async () => {
    const original = start();
    const { run } = await queueRun();
    await becomes(run.id, { state: "succeeded" });
    const copied = copyRunnerFolder(folder.home);
    const copy = start(copied.home);
    expect(await copy.ended).toEqual({ state: "refused", code: "RUNNER_LOCKED" });
    expect(await original.ended).toEqual({ state: "refused", code: "RUNNER_LOCKED" });
    expect((await db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } })).status).toBe("locked");
    copied.remove();
  });
});
