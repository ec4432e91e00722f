import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { PROTOCOL_MIN, PROTOCOL_VERSION } from "@deskhand/shared/protocol/version";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { enqueueCommand } from "@/server/domain/command/enqueue-command";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { sendSignals } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createProfile, createProject, createRun, createRunner, createWorkflow, testContext } from "@/server/testing/factories";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

/**
 * Runners are updated by their owners, when they like: today's server serves the runners of each protocol that it names. Those of
 * the fixtures are the real ones of their time, built once by freeze-runner.ts with all that was in them (connection, journal, run
 * manager, socket.io's client) and never again; in the place of their browser is the worker of the tests. A hand-written client of
 * the old protocol would only show that we remember it as we wrote it down.
 */
const versions = Array.from({ length: PROTOCOL_VERSION - PROTOCOL_MIN + 1 }, (_, index) => PROTOCOL_MIN + index);

vi.setConfig({ testTimeout: 60_000 });
const until = (check: () => unknown) => vi.waitFor(check, { interval: 10 });
const times = { heartbeatMs: 200, leaseMs: 1_000 };
let database: TestDatabase;
let db: Db;
let server: TestRelay;
let frozen: ChildProcess;
let states: string[];
let scene: { projectId: string; runner: { id: string } };

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

describe.each(versions)("today's server and the frozen runner of protocol %i", (version) => {
  beforeEach(async () => {
    server = await startTestRelay(database.url, times);
    const program = path.join(import.meta.dirname, "fixtures", `runner-v${version}`, "runner.mjs");
    frozen = fork(program, [], { execArgv: [], env: { ...process.env, SERVER_URL: server.url } });
    const [{ runnerId: id, publicKey, fingerprint }] = await once(frozen, "message");
    const { id: projectId } = await createProject(db);
    scene = { projectId, runner: await createRunner(db, { projectId, id, publicKey, fingerprint }) };
    states = [];
    frozen.on("message", ({ state }: { state: string }) => states.push(state));
    frozen.send("start");
    await until(() => expect(states).toContain("connected"));
  });
  afterEach(async () => {
    frozen.disconnect();
    await once(frozen, "exit");
    await server.close();
  });

  test("a run is taken, carried out and told, with its log", async () => {
    const { run, command } = await queueRun();
    await becomes(run.id, { state: "succeeded", failureCode: null });
    const history = await db.commandTransition.findMany({ where: { commandId: command.id }, orderBy: { id: "asc" } });
    expect(history.map(({ to }) => to)).toEqual(["queued", "leased", "accepted", "running", "succeeded"]);
    expect(await db.runStep.findMany({ where: { runId: run.id } })).toMatchObject([{ index: 0, state: "succeeded" }]);
    const log = await server.relay.link.readLog(scene.runner.id, { runId: run.id, after: 0 });
    expect(log.lines.length).toBeGreaterThan(0);
  });

  test("a run under way is cancelled", async () => {
    const { run, command } = await queueRun("hang");
    await becomes(run.id, { state: "running" });
    await db.$transaction((tx) => requestCancel(tx, testContext(db), command.id));
    await becomes(run.id, { state: "cancelled" });
  });

  test("a command that is no run is done", async () => {
    const payload = { profileId: scene.projectId };
    const target = { projectId: scene.projectId, runnerId: scene.runner.id, kind: "profile.delete", payload } as const;
    const deadlineAt = new Date(Date.now() + 60_000);
    const { id } = await db.$transaction((tx) => enqueueCommand(tx, testContext(db), { ...target, deadlineAt }));
    await until(async () => expect(await db.command.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: "succeeded" }));
  });

  test("a server that is killed, and one that drains, get it back with what happened meanwhile", async () => {
    const { run, command } = await queueRun("hang");
    await becomes(run.id, { state: "running" });
    for (const how of ["kill", "drain"]) {
      const port = Number(new URL(server.url).port);
      if (how === "drain") await server.relay.drain();
      await (how === "drain" ? server.close() : server.kill());
      server = await startTestRelay(database.url, { ...times, port });
      await becomes((await queueRun()).run.id, { state: "succeeded" });
    }
    await db.$transaction((tx) => requestCancel(tx, testContext(db), command.id));
    await becomes(run.id, { state: "cancelled" });
  });
});

async function queueRun(title = "look") {
  const { projectId, runner } = scene;
  const [profile, workflow] = await Promise.all([
    createProfile(db, { projectId, runnerId: runner.id }),
    createWorkflow(db, { projectId, recording: { title, steps: [{ type: "navigate", url: "about:blank" }] } }),
  ]);
  const made = await createRun(db, { ...scene, profile, workflow });
  await db.$transaction((tx) => sendSignals(tx, [{ kind: "commands", runnerId: runner.id }]));
  return made;
}

function becomes(runId: string, expected: object) {
  return until(async () => expect(await db.run.findUniqueOrThrow({ where: { id: runId } })).toMatchObject(expected));
}
