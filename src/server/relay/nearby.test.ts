import { randomUUID } from "node:crypto";
import type { Command } from "@deskhand/shared/protocol/commands";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { enqueueCommand, enqueueCommands } from "@/server/domain/command/enqueue-command";
import { nearbyRunners } from "@/server/domain/command/nearby-runners";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { type Signal, sendSignals } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createScene, testContext } from "@/server/testing/factories";
import { dialRunner, newFolder, startTestRelay, type TestRelay, type TestRunner } from "@/server/testing/test-relay";

/** Commands that the process which queues them can send itself, because it holds the runner's connection. */

const longLease = 60_000;
let database: TestDatabase;
let db: Db;
let server: TestRelay;
let scene: Awaited<ReturnType<typeof createScene>>;
const folder = { ...newFolder() };
const instanceId = randomUUID();
const dialled: TestRunner[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  // nothing but the hint makes these tests go on: neither a poll nor the end of a lease
  server = await startTestRelay(database.url, { leaseMs: longLease, pollMs: longLease, commandWindow: 4 });
  scene = await createScene(db);
  Object.assign(folder, newFolder());
});
afterEach(async () => {
  for (const runner of dialled.splice(0)) runner.leave();
  await server.close();
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

async function join({ at = server, as = instanceId } = {}) {
  const runner = dialRunner(at.url, scene.runner, { folder, instanceId: as });
  dialled.push(runner);
  await runner.welcome();
  await vi.waitFor(() => expect(nearbyRunners(at.db).get(scene.runner.id)).toBeDefined());
  return runner;
}
const deletion = () => {
  const { projectId, runner } = scene;
  const deadlineAt = new Date(Date.now() + longLease);
  return { projectId, runnerId: runner.id, kind: "profile.delete", payload: { profileId: randomUUID() }, deadlineAt } as const;
};
const queueIn = (process: Db, count = 1) =>
  enqueueCommands(
    process.plain.query,
    testContext(process, scene.actor),
    Array.from({ length: count }, () => deletion()),
  );
const accept = ({ leaseToken }: Command) => ({ v: 1, status: "accepted", leaseToken });
const finish = (runner: TestRunner, { id, leaseToken }: Command) =>
  runner.ask("command-finished", { v: 1, commandId: id, leaseToken, state: "succeeded", failureCode: null });
const historyOf = async (commandId: string) => {
  const rows = await db.commandTransition.findMany({ where: { commandId }, orderBy: { id: "asc" } });
  return rows.map(({ from, to, actor, reason }) => [from, to, actor.split(":")[0], reason].filter(Boolean).join(" "));
};
const stateOf = async (id: string) => (await db.command.findUniqueOrThrow({ where: { id } })).state;

test("is leased as it is queued, and its history tells both", async () => {
  const runner = await join();
  const [queued] = await queueIn(server.db);
  expect(await stateOf(queued?.id ?? "")).toBe("leased");
  const { message, answer } = await runner.next<Command>("command");
  expect(message).toMatchObject({ v: 1, id: queued?.id, kind: "profile.delete", leaseMs: longLease });
  expect(message.leaseToken).toBe((await db.command.findUniqueOrThrow({ where: { id: message.id } })).leaseToken);
  answer(accept(message));
  expect(await finish(runner, message)).toEqual({ v: 1, ok: true });
  const ends = ["queued user", "queued leased system", "leased accepted runner", "accepted succeeded runner"];
  expect(await historyOf(message.id)).toEqual(ends);
});

test("is sent when its transaction has been committed, and never when it is rolled back", async () => {
  const runner = await join();
  const ctx = testContext(server.db, scene.actor);
  const undone = server.db.$transaction(async (tx) => {
    await enqueueCommand(tx, ctx, deletion());
    throw new Error("undone");
  });
  await expect(undone).rejects.toThrow("undone");
  const { id } = await server.db.$transaction((tx) => enqueueCommand(tx, ctx, deletion()));
  expect((await runner.next<Command>("command")).message.id).toBe(id);
});

test("waits in the order of the queueing when there is no place for it", async () => {
  const runner = await join();
  const queued = await queueIn(server.db, 6);
  const [first, ...others] = [await runner.next<Command>("command"), await runner.next<Command>("command")];
  const rest = [await runner.next<Command>("command"), await runner.next<Command>("command")];
  first.answer(accept(first.message));
  await finish(runner, first.message);
  const last = await runner.next<Command>("command");
  const sent = [first, ...others, ...rest, last].map(({ message }) => message.id);
  expect(sent).toEqual(queued.slice(0, 5).map(({ id }) => id));
});

describe("when its hint is late, and another makes the server look", () => {
  const late = (signal: Signal) => signal.kind === "commands" && signal.deliveryId !== undefined;
  const look = () => db.$transaction((tx) => sendSignals(tx, [{ kind: "commands", runnerId: scene.runner.id }]));

  test("goes before what was queued after it, and once", async () => {
    const runner = await join();
    const release = server.delay(late);
    const queued = await queueIn(server.db, 4);
    await look();
    const sent: Command[] = [];
    while (sent.length < 4) sent.push((await runner.next<Command>("command")).message);
    expect(sent.map(({ id }) => id)).toEqual(queued.map(({ id }) => id));
    release();
    const [after] = await queueIn(db);
    if (sent[0]) await finish(runner, sent[0]);
    expect((await runner.next<Command>("command")).message.id).toBe(after?.id);
    expect(runner.unread()).toEqual([]);
  });

  test("is not sent before its transaction is over", async () => {
    const runner = await join();
    const release = server.delay(late);
    const [first, second] = await server.db.$transaction(async (tx) => {
      const open = await enqueueCommand(tx, testContext(server.db, scene.actor), deletion());
      const [other] = await queueIn(db);
      expect((await runner.next<Command>("command")).message.id).toBe(other?.id);
      return [other, open];
    });
    release();
    expect((await runner.next<Command>("command")).message.id).toBe(second?.id);
    expect(second?.id).not.toBe(first?.id);
    expect(runner.unread()).toEqual([]);
  });
});

test("does not overtake what waits", async () => {
  // queued while nobody was there to hear
  const { runner: row } = scene;
  const queued = await db.$transaction((tx) => enqueueCommand(tx, testContext(db, scene.actor), deletion()));
  await db.runner.update({ where: { id: row.id }, data: { connectionId: "server:socket" } });
  nearbyRunners(db).put(row.id, { connectionId: "server:socket", window: 4, leaseMs: longLease });
  const [later] = await queueIn(db);
  expect(await stateOf(later?.id ?? "")).toBe("queued");
  const runner = await join();
  expect((await runner.next<Command>("command")).message.id).toBe(queued.id);
  expect((await runner.next<Command>("command")).message.id).toBe(later?.id);
});

describe("what another process leased", () => {
  test("to the connection that is here by now is sent at once, under a new lease", async () => {
    const runner = await join();
    const { connectionId } = await db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } });
    nearbyRunners(db).put(scene.runner.id, { connectionId: connectionId ?? "", window: 4, leaseMs: longLease });
    const [queued] = await queueIn(db);
    const { message } = await runner.next<Command>("command");
    const row = await db.command.findUniqueOrThrow({ where: { id: message.id } });
    expect(row).toMatchObject({ id: queued?.id, leaseToken: message.leaseToken, attempts: 2 });
    expect(row.previousLeaseToken).not.toBeNull();
  });

  test("and could not send before it was killed is sent by the next", async () => {
    await db.runner.update({ where: { id: scene.runner.id }, data: { connectionId: "killed:socket" } });
    nearbyRunners(db).put(scene.runner.id, { connectionId: "killed:socket", window: 4, leaseMs: longLease });
    const [queued] = await queueIn(db);
    expect(await stateOf(queued?.id ?? "")).toBe("leased");
    const runner = await join();
    const { message, answer } = await runner.next<Command>("command");
    expect(message.id).toBe(queued?.id);
    answer(accept(message));
    await vi.waitFor(async () => expect(await stateOf(message.id)).toBe("accepted"));
  });

  test("is left to the process that has the runner by now", async () => {
    await join();
    const second = await startTestRelay(database.url, { leaseMs: longLease, pollMs: longLease });
    try {
      const runner = await join({ at: second });
      const [queued] = await queueIn(server.db);
      expect((await runner.next<Command>("command")).message.id).toBe(queued?.id);
    } finally {
      await second.close();
    }
  });
});

describe("what is remembered of a command", () => {
  test("does not hide that its cancel was asked meanwhile", async () => {
    const runner = await join();
    await queueIn(server.db);
    const { message, answer } = await runner.next<Command>("command");
    await db.$transaction((tx) => requestCancel(tx, testContext(db, scene.actor), message.id));
    expect((await runner.next<{ commandIds: string[] }>("cancel")).message.commandIds).toEqual([message.id]);
    answer(accept(message));
    expect((await runner.next<{ commandIds: string[] }>("cancel")).message.commandIds).toEqual([message.id]);
    expect(await stateOf(message.id)).toBe("accepted");
  });

  test("does not change what was ended elsewhere: the first end stays", async () => {
    const runner = await join();
    await queueIn(server.db);
    const { message } = await runner.next<Command>("command");
    await db.command.update({ where: { id: message.id }, data: { state: "failed", failureCode: "RUNNER_LOST", finishedAt: new Date() } });
    expect(await finish(runner, message)).toEqual({ v: 1, ok: true });
    expect(await stateOf(message.id)).toBe("failed");
    expect(await historyOf(message.id)).toEqual(["queued user", "queued leased system"]);
  });
});
