import { Writable } from "node:stream";
import type { Recording } from "@deskhand/shared/schemas/recording";
import pino from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { cancelRun } from "@/server/domain/run/cancel-run";
import { metrics } from "@/server/metrics";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { actorOf, createProfile, createProject, createRunner, createWorkflow, testContext } from "@/server/testing/factories";
import { createRunnerFolder, type Runner, startRealRunner } from "@/server/testing/real-runner";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

/** One command on its way through the relay and the real runner, followed in the logs of both. */

type Line = { commandId?: string; runId?: string; runnerId?: string; to?: string; msg?: string };
let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let runner: Runner | undefined;
let serverLog: string[];
let runnerLog: Line[];
let logger: pino.Logger;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  serverLog = [];
  runnerLog = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      serverLog.push(String(chunk));
      done();
    },
  });
  logger = pino({ level: "info" }, stream);
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000, logger });
  folder = await createRunnerFolder(server.url);
});
afterEach(async () => {
  await runner?.stop();
  runner = undefined;
  await server.close();
  folder.remove();
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const start = () => {
  runner = startRealRunner(folder.home, (note) => runnerLog.push(note as Line));
};
const becomes = (runId: string, state: string) =>
  vi.waitFor(async () => expect((await db.run.findUniqueOrThrow({ where: { id: runId } })).state).toBe(state));

async function deploy(title: string) {
  const { runnerId: id, publicKey, fingerprint } = folder;
  const project = await createProject(db);
  const projectId = project.id;
  const { id: runnerId } = await createRunner(db, { projectId, id, publicKey, fingerprint });
  const profile = await createProfile(db, { projectId, runnerId });
  const recording: Recording = {
    title,
    steps: [{ type: "navigate", url: "about:blank" }],
    inputs: { type: "object", properties: { word: { type: "string" } } },
  } as Recording;
  const workflow = await createWorkflow(db, { projectId, recording });
  const ctx = { ...testContext(db, actorOf(project.owner)), logger };
  const inputs = { word: "page-content-marker" };
  const { runIds } = await createDeployment(ctx, { projectId, workflowId: workflow.id, runnerId, profileIds: [profile.id], inputs });
  const command = await db.command.findFirstOrThrow({ where: { runId: runIds[0] ?? "" } });
  return { ctx, runId: runIds[0] ?? "", commandId: command.id, runnerId };
}

/** The points of a command in both logs, each with all three ids. */
function pathOf({ commandId, runId, runnerId }: { commandId: string; runId: string; runnerId: string }) {
  const ours = (line: Line) => line.commandId === commandId && line.runId === runId && line.runnerId === runnerId;
  const points = (lines: Line[]) => lines.filter(ours).flatMap(({ to }) => to ?? []);
  return { server: points(serverLog.map((line) => JSON.parse(line))), runner: points(runnerLog) };
}

test("one command's id leads through both logs, from its queueing to its end", async () => {
  const made = await deploy("look");
  start();
  await becomes(made.runId, "succeeded");
  expect(pathOf(made)).toEqual({
    server: ["queued", "leased", "accepted", "running", "succeeded"],
    runner: ["accepted", "running", "succeeded"],
  });
});

test("a command that is cancelled is followed to that end", async () => {
  const made = await deploy("hang");
  start();
  await becomes(made.runId, "running");
  await cancelRun(made.ctx, { id: made.runId });
  await becomes(made.runId, "cancelled");
  expect(pathOf(made).runner).toEqual(["accepted", "running", "cancelling", "cancelled"]);
  expect(pathOf(made).server.at(-1)).toBe("cancelled");
  expect(serverLog.filter((line) => line.includes("a cancel was asked") && line.includes(made.commandId))).toHaveLength(1);
});

test("neither log holds an input", async () => {
  const made = await deploy("look");
  start();
  await becomes(made.runId, "succeeded");
  expect(serverLog.join("")).not.toContain("page-content-marker");
  expect(JSON.stringify(runnerLog)).not.toContain("page-content-marker");
});

test("a runner that is stopped says goodbye, and is counted by it when it is back", async () => {
  const counted = async () => {
    const { values } = await metrics().runnerReconnects.get();
    return values.find(({ labels }) => labels.reason === "stopped")?.value ?? 0;
  };
  const { runId, runnerId } = await deploy("look");
  start();
  await becomes(runId, "succeeded");
  await runner?.stop();
  await vi.waitFor(async () => expect((await db.runner.findUniqueOrThrow({ where: { id: runnerId } })).goodbyeAt).not.toBeNull());
  const before = await counted();
  start();
  await vi.waitFor(async () => expect((await db.runner.findUniqueOrThrow({ where: { id: runnerId } })).goodbyeAt).toBeNull());
  await vi.waitFor(async () => expect(await counted()).toBe(before + 1));
});
