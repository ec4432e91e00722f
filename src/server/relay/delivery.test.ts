import { randomUUID } from "node:crypto";
import type { Command } from "@deskhand/shared/protocol/commands";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { MAX_PAYLOAD_BYTES } from "@deskhand/shared/protocol/version";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { requestCancel } from "@/server/domain/command/request-cancel";
import type { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createRun, createScene, testContext } from "@/server/testing/factories";
import { dialRunner, newFolder, startTestRelay, type TestFolder, type TestRelay, type TestRunner } from "@/server/testing/test-relay";

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let scene: Awaited<ReturnType<typeof createScene>>;
let folder: TestFolder;
let instanceId: string;
const dialled: TestRunner[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { leaseMs: 1_000, answerMs: 400 });
  scene = await createScene(db);
  folder = newFolder();
  instanceId = randomUUID();
});
afterEach(async () => {
  for (const runner of dialled.splice(0)) runner.leave();
  await server.close();
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

async function join(options: Parameters<typeof dialRunner>[2] = {}) {
  const runner = dialRunner(server.url, scene.runner, { folder, instanceId, ...options });
  dialled.push(runner);
  await runner.welcome();
  return runner;
}
async function queueRun() {
  const made = await createRun(db, scene);
  await db.$transaction((tx) => sendSignals(tx, [{ kind: "commands", runnerId: scene.runner.id }]));
  return made;
}
const accept = ({ leaseToken }: Command) => ({ v: 1, status: "accepted", leaseToken });
const stateOf = async (runId: string) => (await db.run.findUniqueOrThrow({ where: { id: runId } })).state;
const becomes = (runId: string, state: string) => vi.waitFor(async () => expect(await stateOf(runId)).toBe(state));
const report = (runId: string, leaseToken: string, firstSeq: number, events: RunEvent[]) => ({ v: 1, runId, leaseToken, firstSeq, events });
const story: RunEvent[] = [
  { kind: "started", at: Date.now() },
  { kind: "step-started", at: Date.now(), index: 0 },
  { kind: "step-finished", at: Date.now(), index: 0, state: "succeeded", durationMs: 1, failureCode: null },
  { kind: "finished", at: Date.now(), state: "succeeded", failureCode: null, failureStep: null },
];

describe("a command reaches its runner", () => {
  test("at once when the runner is connected", async () => {
    const runner = await join();
    const { run, command } = await queueRun();
    const { message, answer } = await runner.next<Command>("command");
    expect(message).toMatchObject({ v: 1, id: command.id, kind: "run.start", leaseMs: 1_000, payload: { runId: run.id } });
    answer(accept(message));
    await becomes(run.id, "accepted");
  });

  test("also when the hint was lost", async () => {
    const runner = await join();
    const { command } = await createRun(db, scene);
    expect((await runner.next<Command>("command")).message.id).toBe(command.id);
  });

  test("when it connects, if it was away", async () => {
    const { run } = await queueRun();
    const runner = await join();
    const { message, answer } = await runner.next<Command>("command");
    answer(accept(message));
    await becomes(run.id, "accepted");
  });

  test("again when its answer was lost, until it is answered, under one id", async () => {
    const runner = await join();
    const { run, command } = await queueRun();
    const first = await runner.next<Command>("command");
    const second = await runner.next<Command>("command");
    expect(second.message.id).toBe(command.id);
    expect(second.message.leaseToken).not.toBe(first.message.leaseToken);
    second.answer(accept(second.message));
    await becomes(run.id, "accepted");
    expect((await db.command.findUniqueOrThrow({ where: { id: command.id } })).attempts).toBeGreaterThanOrEqual(2);
  });

  test("again after a server was killed between sending and the answer", async () => {
    const runner = await join();
    const { run } = await queueRun();
    const first = await runner.next<Command>("command");
    const killed = server;
    await killed.kill();
    first.answer(accept(first.message));
    expect(await stateOf(run.id)).toBe("leased");
    server = await startTestRelay(database.url, { leaseMs: 1_000 });
    const back = await join();
    const { message, answer } = await back.next<Command>("command");
    expect(message.id).toBe(first.message.id);
    answer(accept(message));
    await becomes(run.id, "accepted");
  });

  test("a runner that says it cannot read it has failed it, in words", async () => {
    const runner = await join();
    const { run } = await queueRun();
    const { message, answer } = await runner.next<Command>("command");
    answer({ v: 1, status: "refused", leaseToken: message.leaseToken, code: "RECORDING_INVALID" });
    await becomes(run.id, "failed");
    expect((await db.run.findUniqueOrThrow({ where: { id: run.id } })).failureCode).toBe("STEP_INVALID");
  });

  test("an answer that is nonsense is no answer", async () => {
    const runner = await join();
    const { run } = await queueRun();
    (await runner.next<Command>("command")).answer({ status: "accepted", leaseToken: "mine" });
    const again = await runner.next<Command>("command");
    again.answer(accept(again.message));
    await becomes(run.id, "accepted");
  });
});

describe("what the runner reports", () => {
  test("is stored once and acknowledged, in any delivery", async () => {
    const runner = await join();
    const { run } = await queueRun();
    const { message, answer } = await runner.next<Command>("command");
    answer(accept(message));
    expect(await runner.ask("run-events", report(run.id, message.leaseToken, 3, story.slice(2)))).toEqual({ v: 1, ok: true, ackedSeq: 0 });
    expect(await runner.ask("run-events", report(run.id, message.leaseToken, 1, story.slice(0, 2)))).toEqual({
      v: 1,
      ok: true,
      ackedSeq: 2,
    });
    expect(await runner.ask("run-events", report(run.id, message.leaseToken, 1, story.slice(0, 2)))).toEqual({
      v: 1,
      ok: true,
      ackedSeq: 2,
    });
    expect(await runner.ask("run-events", report(run.id, randomUUID(), 2, story.slice(1)))).toEqual({ v: 1, ok: true, ackedSeq: 4 });
    expect(await stateOf(run.id)).toBe("succeeded");
  });

  test("batches that are sent without waiting are taken in order", async () => {
    const runner = await join();
    const { run } = await queueRun();
    const { message, answer } = await runner.next<Command>("command");
    answer(accept(message));
    const answers = await Promise.all(
      story.map((event, index) => runner.ask("run-events", report(run.id, message.leaseToken, index + 1, [event]))),
    );
    expect(answers).toEqual([1, 2, 3, 4].map((ackedSeq) => ({ v: 1, ok: true, ackedSeq })));
  });

  test("is refused for a run that is not its own", async () => {
    const other = await createScene(db);
    const theirs = await createRun(db, other);
    const runner = await join();
    const answer = await runner.ask("run-events", report(theirs.run.id, randomUUID(), 1, story));
    expect(answer).toEqual({ v: 1, ok: false, code: "NOT_FOUND" });
  });

  test("times follow the server's clock when the runner's is wrong", async () => {
    const hour = 60 * 60_000;
    const runner = await join({ clock: () => Date.now() - hour });
    const { run } = await queueRun();
    const { message, answer } = await runner.next<Command>("command");
    answer(accept(message));
    const before = Date.now();
    await runner.ask("run-events", report(run.id, message.leaseToken, 1, [{ kind: "started", at: Date.now() - hour }]));
    const { startedAt } = await db.run.findUniqueOrThrow({ where: { id: run.id } });
    expect(Math.abs((startedAt?.getTime() ?? 0) - before)).toBeLessThan(10_000);
  });
});

describe("heartbeats", () => {
  test("keep a lease and tell what to stop", async () => {
    const runner = await join();
    const { run, command } = await queueRun();
    const { message } = await runner.next<Command>("command");
    const holding = [{ commandId: command.id, leaseToken: message.leaseToken }];
    expect(await runner.ask("heartbeat", { v: 1, clock: Date.now(), holding })).toMatchObject({ v: 1, cancel: [] });
    expect(await stateOf(run.id)).toBe("accepted");
    await db.$transaction((tx) => requestCancel(tx, testContext(db, scene.actor), command.id));
    expect((await runner.next<{ commandIds: string[] }>("cancel")).message.commandIds).toEqual([command.id]);
    expect(await runner.ask("heartbeat", { v: 1, clock: Date.now(), holding })).toMatchObject({ cancel: [command.id] });
  });

  test("a runner that another connection took over is cut", async () => {
    const runner = await join();
    await db.runner.update({ where: { id: scene.runner.id }, data: { connectionId: "another" } });
    await runner.ask("heartbeat", { v: 1, clock: Date.now(), holding: [] });
    await runner.next("closed");
  });

  test("a connection that was taken for dead gets its runner back", async () => {
    const runner = await join();
    await db.runner.update({ where: { id: scene.runner.id }, data: { connectionId: null } });
    expect(await runner.ask("heartbeat", { v: 1, clock: Date.now(), holding: [] })).toMatchObject({ cancel: [] });
    expect((await db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } })).connectionId).not.toBeNull();
  });
});

describe("what cannot be read", () => {
  test.each([
    ["nothing", undefined],
    ["null", null],
    ["a text", "x".repeat(1000)],
    ["another version", { v: 2, clock: 1, holding: [] }],
    ["prototype tricks", JSON.parse('{"__proto__":{"v":1},"holding":{"length":9}}')],
    ["too many", { v: 1, clock: 1, holding: Array.from({ length: 5_001 }, () => ({ commandId: randomUUID(), leaseToken: randomUUID() })) }],
  ])("is answered so, and the connection stays: %s", async (_name, message) => {
    const runner = await join();
    for (const event of ["heartbeat", "run-events", "command-finished", "frame", "live-log"]) {
      expect(await runner.ask(event, message)).toEqual({ v: 1, ok: false, code: "MESSAGE_INVALID" });
    }
    runner.socket.emit("heartbeat");
    expect(await runner.ask("no such event", { v: 1 })).toEqual({ v: 1, ok: false, code: "MESSAGE_INVALID" });
    expect(await runner.ask("heartbeat", { v: 1, clock: Date.now(), holding: [] })).toMatchObject({ cancel: [] });
  });

  test("a message over the limit ends only its own connection", async () => {
    const runner = await join();
    runner.socket.emit("run-events", { v: 1, junk: "x".repeat(MAX_PAYLOAD_BYTES + 1) });
    await runner.next("closed");
    await join();
  });

  test("bytes that are no packet end only their own connection", async () => {
    const runner = await join();
    (runner.socket.io.engine as unknown as { write(data: string): void }).write("9[not a packet");
    await runner.next("closed");
    await join();
  });

  test("a flood is answered with RATE_LIMITED", async () => {
    await server.close();
    server = await startTestRelay(database.url, { runnerMessagesPerSecond: 5 });
    const runner = await join();
    const answers = await Promise.all(Array.from({ length: 20 }, () => runner.ask("frame", null)));
    expect(answers).toContainEqual({ v: 1, ok: false, code: "RATE_LIMITED", retryAfterMs: expect.any(Number) });
    expect(answers).toContainEqual({ v: 1, ok: false, code: "MESSAGE_INVALID" });
  });
});

describe("what the server asks", () => {
  test("a log is read from the runner, and each way that fails has its code", async () => {
    const lines = [{ seq: 1, at: new Date().toISOString(), step: null, level: "info", message: "Hello" }];
    const read = () => server.relay.link.readLog(scene.runner.id, { runId: randomUUID(), after: 0 });
    const codeOf = (promise: Promise<unknown>) => promise.catch((error: unknown) => (error as AppError).code);
    expect(await codeOf(read())).toBe("RUNNER_OFFLINE");
    const runner = await join();
    const reading = read();
    const request = await runner.next<{ after: number }>("log-request");
    expect(request.message).toMatchObject({ v: 1, after: 0 });
    request.answer({ v: 1, ok: true, lines, more: false });
    expect(await reading).toEqual({ lines, more: false });
    for (const [answer, code] of [
      [{ v: 1, ok: false, code: "ARTIFACT_GONE" }, "ARTIFACT_GONE"],
      ["nonsense", "MESSAGE_INVALID"],
    ] as const) {
      const failing = codeOf(read());
      (await runner.next("log-request")).answer(answer);
      expect(await failing).toBe(code);
    }
    const cut = codeOf(read());
    await runner.next("log-request");
    runner.leave();
    expect(await cut).toBe("RUNNER_OFFLINE");
  });
});

describe("stopping", () => {
  test("runners are asked to go, and nobody new is let in", async () => {
    const runner = await join();
    const drained = server.relay.drain();
    await runner.next("drain");
    const late = dialRunner(server.url, scene.runner, { folder, instanceId });
    await late.next("closed");
    // there is nowhere else to go, so the old connection is not kept waiting
    await runner.next("closed");
    await drained;
    const holder = async () => (await db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } })).connectionId;
    await vi.waitFor(async () => expect(await holder()).toBeNull());
  });
});
