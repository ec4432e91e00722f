import { generateKeyPairSync, randomUUID } from "node:crypto";
import { MAX_PAYLOAD_BYTES } from "@deskhand/shared/protocol/version";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { acceptRunner } from "@/server/domain/runner/accept-runner";
import { rejectRunner } from "@/server/domain/runner/reject-runner";
import { revokeRunner } from "@/server/domain/runner/revoke-runner";
import { isOnline } from "@/server/domain/runner/rules";
import { sendSignals } from "@/server/signals";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createScene, testContext } from "@/server/testing/factories";
import { dialRunner, newFolder, startTestRelay, type TestRelay, type TestRunner } from "@/server/testing/test-relay";

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

describe("a runner's computer", () => {
  test("has a clock, and how far that is off is kept, also when it is set", async () => {
    const hour = 60 * 60_000;
    const { runner } = await createScene(db);
    const offset = async () => (await rowOf(runner)).clockOffsetMs ?? Number.NaN;
    const dialled = dial(runner, { clock: () => Date.now() - hour });
    await dialled.welcome();
    expect(Math.abs((await offset()) - hour)).toBeLessThan(60_000);
    await dialled.ask("heartbeat", { v: 1, clock: Date.now() + 2 * hour, holding: [] });
    expect(Math.abs((await offset()) + 2 * hour)).toBeLessThan(60_000);
    await dialled.ask("heartbeat", { v: 1, clock: 0, holding: [] });
    expect(await offset()).toBe(2 ** 31 - 1);
  });

  const [one, other] = ["a".repeat(64), "b".repeat(64)];

  test("is a claim: another one than before has a person look at the runner again, who then accepts it with the runner", async () => {
    const { runner, actor } = await createScene(db);
    const folder = newFolder();
    const first = dial(runner, { folder, hardwareId: one });
    await first.welcome();
    first.leave();
    const moved = dial(runner, { folder, hardwareId: other });
    expect((await moved.next("waiting")).message).toMatchObject({ status: "pending" });
    expect(await rowOf(runner)).toMatchObject({ status: "pending", statusReason: expect.stringContaining("another computer") });
    await acceptRunner(testContext(db, actor), runner);
    await moved.welcome();
    moved.leave();
    const again = dial(runner, { folder, hardwareId: other });
    await again.welcome();
    expect(await rowOf(runner)).toMatchObject({ status: "accepted", statusReason: null, hardwareId: other });
  });

  test("that does not tell changes nothing", async () => {
    const { runner } = await createScene(db);
    const folder = newFolder();
    const first = dial(runner, { folder, hardwareId: one });
    await first.welcome();
    first.leave();
    await dial(runner, { folder }).welcome();
    expect(await rowOf(runner)).toMatchObject({ status: "accepted", hardwareId: one });
  });
});

describe("who is let in", () => {
  test("a runner that proves its key is welcomed with its limits and is online", async () => {
    const { runner } = await createScene(db);
    const dialled = dial(runner);
    expect(await dialled.welcome()).toMatchObject({ v: 1, protocol: 1, maxPayloadBytes: MAX_PAYLOAD_BYTES, heartbeatMs: 10_000 });
    expect(isOnline(await rowOf(runner), new Date())).toBe(true);
    dialled.leave();
    await until(async () => expect(isOnline(await rowOf(runner), new Date())).toBe(false));
  });

  test("another key is refused for good, and locks nobody out", async () => {
    const { runner } = await createScene(db);
    const held = dial(runner);
    await held.welcome();
    const stranger = dial(runner, { privateKey: generateKeyPairSync("ed25519").privateKey });
    expect((await stranger.next("refused")).message).toEqual({ v: 1, code: "SIGNATURE_INVALID", final: true });
    await stranger.next("closed");
    expect((await rowOf(runner)).status).toBe("accepted");
    expect(held.socket.connected).toBe(true);
  });

  test("a signature over another join, instance or nonce is refused", async () => {
    const { runner } = await createScene(db);
    for (const change of [{ nextJoinId: randomUUID() }, { instanceId: randomUUID() }, { joinId: randomUUID() }]) {
      const forged = dial(runner, { forge: (proof) => ({ ...proof, ...change }) });
      expect((await forged.next("refused")).message).toMatchObject({ code: "SIGNATURE_INVALID" });
    }
    let overheard: Record<string, unknown> | undefined;
    const first = dial(runner, {
      forge: (proof) => {
        overheard = proof;
        return {};
      },
    });
    expect((await first.next("refused")).message).toMatchObject({ code: "MESSAGE_INVALID", final: true });
    const replayed = dial(runner, { forge: () => overheard });
    expect((await replayed.next("refused")).message).toMatchObject({ code: "SIGNATURE_INVALID" });
  });

  test.each([
    ["revoked", "RUNNER_REVOKED"],
    ["rejected", "RUNNER_REJECTED"],
    ["locked", "RUNNER_LOCKED"],
  ] as const)("a runner that is %s is refused for good", async (status, code) => {
    const { runner } = await createScene(db);
    await db.runner.update({ where: { id: runner.id }, data: { status } });
    expect((await dial(runner).next("refused")).message).toEqual({ v: 1, code, final: true });
  });

  test("a runner that is unknown is refused for good", async () => {
    const { runner } = await createScene(db);
    expect((await dial({ ...runner, id: randomUUID() }).next("refused")).message).toEqual({ v: 1, code: "RUNNER_UNKNOWN", final: true });
  });

  test("one that speaks only a protocol that is not spoken here is told so", async () => {
    const { runner } = await createScene(db);
    const future = dial(runner, { auth: { runnerId: runner.id, protocol: { min: 2, max: 9 } } });
    expect((await future.next("refused")).message).toEqual({ v: 1, code: "PROTOCOL_UNSUPPORTED", final: true });
    const garbage = dial(runner, { auth: { runnerId: "'; drop table", protocol: [] } });
    expect((await garbage.next("refused")).message).toMatchObject({ code: "MESSAGE_INVALID" });
  });

  test("one that does not answer the challenge is let go, to try again", async () => {
    const { runner } = await createScene(db);
    const impatient = await startTestRelay(database.url, { proofMs: 100 });
    const silent = dialRunner(impatient.url, runner);
    silent.socket.offAny();
    const told = new Promise((resolve) => silent.socket.on("refused", resolve));
    expect(await told).toEqual({ v: 1, code: "RUNNER_TIMEOUT", final: false });
    silent.leave();
    await impatient.close();
  });
});

describe("a person decides", () => {
  test("a pending runner waits with its fingerprint and is welcomed when it is accepted", async () => {
    const { runner, actor } = await createScene(db);
    await db.runner.update({ where: { id: runner.id }, data: { status: "pending" } });
    const dialled = dial(runner);
    expect((await dialled.next("waiting")).message).toEqual({ v: 1, status: "pending", fingerprint: runner.fingerprint });
    await acceptRunner(testContext(db, actor), { id: runner.id });
    await dialled.welcome();
  });

  test("a runner that waits is welcomed once, however often its status is told", async () => {
    const { runner, actor } = await createScene(db);
    await db.runner.update({ where: { id: runner.id }, data: { status: "pending" } });
    const folder = newFolder();
    const dialled = dial(runner, { folder });
    await dialled.next("waiting");
    await acceptRunner(testContext(db, actor), { id: runner.id });
    await Promise.all(Array.from({ length: 8 }, () => sendSignals(db, [{ kind: "runner-status", runnerId: runner.id }])));
    await dialled.welcome();
    await dialled.ask("heartbeat", { v: 1, clock: Date.now(), holding: [] });
    expect(dialled.unread()).not.toContain("welcome");
    dialled.leave();
    // its joins follow each other
    await dial(runner, { folder }).welcome();
  });

  test("a pending runner that is rejected is told so", async () => {
    const { runner, actor } = await createScene(db);
    await db.runner.update({ where: { id: runner.id }, data: { status: "pending" } });
    const dialled = dial(runner);
    await dialled.next("waiting");
    await rejectRunner(testContext(db, actor), { id: runner.id });
    expect((await dialled.next("refused")).message).toEqual({ v: 1, code: "RUNNER_REJECTED", final: true });
  });

  test("a runner whose key is revoked is cut off at once", async () => {
    const { runner, actor } = await createScene(db);
    const dialled = dial(runner);
    await dialled.welcome();
    await revokeRunner(testContext(db, actor), { id: runner.id });
    expect((await dialled.next("refused")).message).toEqual({ v: 1, code: "RUNNER_REVOKED", final: true });
    await dialled.next("closed");
  });
});
