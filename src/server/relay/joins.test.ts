import { type KeyObject, randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { isOnline } from "@/server/domain/runner/rules";
import { metrics } from "@/server/metrics";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createScene } from "@/server/testing/factories";
import { dialRunner, newFolder, startTestRelay, type TestFolder, type TestRelay, type TestRunner } from "@/server/testing/test-relay";

let database: TestDatabase;
let db: Db;
let server: TestRelay;
const dialled: TestRunner[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  server = await startTestRelay(database.url, { rivalMs: 2_000 });
});
afterEach(() => {
  for (const runner of dialled.splice(0)) runner.leave();
});
afterAll(async () => {
  await server?.close();
  await db?.$disconnect();
  await database?.drop();
});

function dial(...[runner, options]: [Parameters<typeof dialRunner>[1], Parameters<typeof dialRunner>[2]?]) {
  const dialledRunner = dialRunner(server.url, runner, options);
  dialled.push(dialledRunner);
  return dialledRunner;
}

const until = (check: () => Promise<void>) => vi.waitFor(check);
const rowOf = (runner: { id: string }) => db.runner.findUniqueOrThrow({ where: { id: runner.id } });

/** The end of a process that nobody tells: it reads nothing any more, and answers nothing; what it had written still arrives. */
function kill(process: TestRunner) {
  const { ws } = (process.socket.io.engine as unknown as Engine).transport;
  ws._socket.pause();
  return ws;
}
type Engine = { transport: { ws: { _socket: { pause(): void }; send(packet: string): void } } };

/** A proof that was made in time and held up on the way: it arrives when its process is dead. Returns when the server has judged it. */
async function presentLate(runner: { id: string; privateKey: KeyObject }, folder: TestFolder) {
  const refused = async () => (await metrics().relayRefusals.get()).values.reduce((sum, { value }) => sum + value, 0);
  const before = await refused();
  const late: TestRunner = dial(runner, {
    folder: { ...folder },
    forge: (proof) => {
      kill(late);
      return proof;
    },
  });
  await until(async () => expect(await refused()).toBe(before + 1));
}

describe("one folder in two places", () => {
  test("a runner that comes again is welcomed each time, also when its welcome was lost", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    for (let join = 0; join < 3; join += 1) {
      const dialled = dial(runner, { folder });
      await dialled.welcome();
      dialled.leave();
    }
    const lost = dial(runner, { folder });
    const before = { ...folder };
    await lost.welcome();
    Object.assign(folder, before);
    lost.leave();
    await dial(runner, { folder }).welcome();
    expect((await rowOf(runner)).status).toBe("accepted");
  });

  test("a copy that comes while the first is connected locks the runner and cuts both", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    const first = dial(runner, { folder });
    await first.welcome();
    const copy = dial(runner, { folder: { ...folder } });
    expect((await copy.next("refused")).message).toEqual({ v: 1, code: "RUNNER_LOCKED", final: true });
    expect((await first.next("refused")).message).toEqual({ v: 1, code: "RUNNER_LOCKED", final: true });
    const row = await rowOf(runner);
    expect(row).toMatchObject({ status: "locked", connectionId: null });
    expect(row.statusReason).toMatch(/two places/);
  });

  test("a copy that takes turns with the first is caught when the first comes back", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    const first = dial(runner, { folder });
    await first.welcome();
    first.leave();
    await until(async () => expect((await rowOf(runner)).connectionId).toBeNull());
    const copy = dial(runner, { folder: { ...folder, nextJoinId: randomUUID() } });
    await copy.welcome();
    copy.leave();
    await until(async () => expect((await rowOf(runner)).connectionId).toBeNull());
    expect((await dial(runner, { folder }).next("refused")).message).toMatchObject({ code: "RUNNER_LOCKED" });
  });

  test("a connection that is dead though it looks open does not lock out the restarted runner", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    const dead = dial(runner, { folder });
    await dead.welcome();
    // the cable is out: what is sent arrives nowhere, and no end is told
    kill(dead);
    const restarted = dial(runner, { folder });
    await restarted.welcome();
    expect((await rowOf(runner)).status).toBe("accepted");
  });

  test("what a process sent before it was killed, and comes late, is not taken for a life of its own", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    const killed = dial(runner, { folder });
    await killed.welcome();
    // it reads nothing any more; what it had written still arrives, the answer to the last regular ping among it
    const ws = kill(killed);
    const restarted = dial(runner, { folder });
    let sent = 0;
    const late = setInterval(() => {
      sent += 1;
      if (sent === 3) ws.send("3");
      else killed.socket.emit("heartbeat", { v: 1, clock: Date.now(), holding: [] });
    }, 50);
    await restarted.welcome().finally(() => clearInterval(late));
    expect((await rowOf(runner)).status).toBe("accepted");
  });

  test("the same process takes over from its older connection", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    const instanceId = randomUUID();
    const older = dial(runner, { folder, instanceId });
    await older.welcome();
    const newer = dial(runner, { folder, instanceId });
    await newer.welcome();
    await older.next("closed");
    expect(isOnline(await rowOf(runner), new Date())).toBe(true);
    expect(newer.socket.connected).toBe(true);
  });

  test("a proof that comes when its process is dead and the next one has joined twice locks nobody, and lets nobody in", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    const before = { ...folder };
    for (let join = 0; join < 2; join += 1) {
      const next = dial(runner, { folder });
      await next.welcome();
      next.leave();
    }
    await until(async () => expect((await rowOf(runner)).connectionId).toBeNull());
    const joined = await rowOf(runner);
    await presentLate(runner, before);
    expect(await rowOf(runner)).toMatchObject({ status: "accepted", joinId: joined.joinId, connectionId: null });
    await dial(runner, { folder }).welcome();
  });

  test("a proof that comes when its process is dead and the next one is connected locks nobody, and cuts nobody", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    const before = { ...folder };
    const next = dial(runner, { folder });
    await next.welcome();
    const { connectionId } = await rowOf(runner);
    await presentLate(runner, before);
    expect(await rowOf(runner)).toMatchObject({ status: "accepted", connectionId });
    expect(next.socket.connected).toBe(true);
  });
});
