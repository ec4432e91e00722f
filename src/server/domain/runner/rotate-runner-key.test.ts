import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import { proofText } from "@deskhand/shared/protocol/handshake";
import { keyRotationText } from "@deskhand/shared/protocol/key-rotation";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createScene, testClock, testContext } from "@/server/testing/factories";
import { connectRunner } from "./connect-runner.ts";
import { requestKeyRotation, runnersWithDueKeys } from "./request-key-rotation.ts";
import { revokeRunner } from "./revoke-runner.ts";
import { rotateRunnerKey } from "./rotate-runner-key.ts";

const day = 24 * 60 * 60_000;
let database: TestDatabase;
let db: Db;
let scene: Awaited<ReturnType<typeof createScene>>;
let clock: ReturnType<typeof testClock>;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});
beforeEach(async () => {
  scene = await createScene(db);
  clock = testClock();
});

const system = () => testContext(db, { kind: "system" }, clock);
const spki = (key: KeyObject) => key.export({ format: "der", type: "spki" }).toString("base64");
const signed = (key: KeyObject, text: string) => sign(null, Buffer.from(text), key).toString("base64");
const rowOf = () => db.runner.findUniqueOrThrow({ where: { id: scene.runner.id } });

function proposal(next = generateKeyPairSync("ed25519"), by: KeyObject = scene.runner.privateKey) {
  const publicKey = spki(next.publicKey);
  const text = keyRotationText(scene.runner.id, publicKey);
  const message = { runnerId: scene.runner.id, publicKey, signature: signed(next.privateKey, text), previousSignature: signed(by, text) };
  return { ...next, message };
}

/** The runner begins its joins anew each time: what is looked at is its key alone. */
async function connect(privateKey: KeyObject) {
  await db.runner.update({ where: { id: scene.runner.id }, data: { joinId: null, previousJoinId: null } });
  const bound = { instanceId: randomUUID(), joinId: null, nextJoinId: randomUUID() };
  const signature = signed(privateKey, proofText(scene.runner.id, "nonce", bound));
  const proof = { v: 1, ...bound, signature, clock: clock.now().getTime(), version: "1", browser: null } as const;
  return connectRunner(system(), {
    runnerId: scene.runner.id,
    nonce: "nonce",
    proof,
    connectionId: "a:1",
    rivalAnswers: async () => false,
    presenterAnswers: async () => true,
  });
}

describe("a new device key", () => {
  test("proves the runner from now on; the one before does for 7 days more", async () => {
    const next = proposal();
    await rotateRunnerKey(system(), next.message);
    expect(await rowOf()).toMatchObject({ publicKey: next.message.publicKey, keyCreatedAt: clock.now() });
    expect((await rowOf()).fingerprint).not.toBe(scene.runner.fingerprint);
    expect(await connect(next.privateKey)).toMatchObject({ outcome: "connected" });
    clock.advance(7 * day - 1);
    expect(await connect(scene.runner.privateKey)).toMatchObject({ outcome: "connected" });
    clock.advance(1);
    expect(await connect(scene.runner.privateKey)).toEqual({ outcome: "refused", code: "SIGNATURE_INVALID" });
    expect(await connect(next.privateKey)).toMatchObject({ outcome: "connected" });
  });

  test("is taken once, however often it is said", async () => {
    const next = proposal();
    await rotateRunnerKey(system(), next.message);
    const first = await rowOf();
    clock.advance(day);
    await rotateRunnerKey(system(), next.message);
    expect(await rowOf()).toEqual(first);
  });

  test("may follow the one before while that is still good: its owner never heard of the one in between", async () => {
    await rotateRunnerKey(system(), proposal().message);
    const again = proposal();
    await rotateRunnerKey(system(), again.message);
    expect((await rowOf()).publicKey).toBe(again.message.publicKey);
    clock.advance(8 * day);
    await expectCode(rotateRunnerKey(system(), proposal().message), "SIGNATURE_INVALID");
  });

  test("is refused when it is not signed by itself, or by a stranger, or is for another runner, or no key", async () => {
    const stranger = generateKeyPairSync("ed25519").privateKey;
    const { message } = proposal();
    await expectCode(rotateRunnerKey(system(), proposal(undefined, stranger).message), "SIGNATURE_INVALID");
    await expectCode(rotateRunnerKey(system(), { ...message, signature: message.previousSignature }), "SIGNATURE_INVALID");
    await expectCode(rotateRunnerKey(system(), { ...message, runnerId: (await createScene(db)).runner.id }), "SIGNATURE_INVALID");
    await expectCode(rotateRunnerKey(system(), { ...message, publicKey: "bm8ga2V5" }), "INVALID_INPUT");
    expect((await rowOf()).publicKey).toBe(scene.runner.publicKey);
  });

  test("is of no use to a runner that was disconnected, at once, with either key", async () => {
    const next = proposal();
    await rotateRunnerKey(system(), next.message);
    await revokeRunner(testContext(db, scene.actor, clock), { id: scene.runner.id });
    for (const key of [next.privateKey, scene.runner.privateKey]) {
      expect(await connect(key)).toEqual({ outcome: "refused", code: "RUNNER_REVOKED" });
    }
    await expectCode(rotateRunnerKey(system(), proposal(undefined, next.privateKey).message), "RUNNER_REVOKED");
  });
});

describe("a new key is due", () => {
  const isDue = async () => (await runnersWithDueKeys(system(), [scene.runner.id])).has(scene.runner.id);

  test("after 90 days, until there is one", async () => {
    await db.runner.update({ where: { id: scene.runner.id }, data: { keyCreatedAt: clock.now() } });
    clock.advance(90 * day - 1);
    expect([await isDue(), await connect(scene.runner.privateKey)]).toMatchObject([false, { keyIsDue: false }]);
    clock.advance(1);
    expect([await isDue(), await connect(scene.runner.privateKey)]).toMatchObject([true, { keyIsDue: true }]);
    await rotateRunnerKey(system(), proposal().message);
    expect(await isDue()).toBe(false);
  });

  test("at once when somebody asks who may; the view says that it is awaited", async () => {
    const ctx = testContext(db, scene.actor, clock);
    expect(await requestKeyRotation(ctx, { id: scene.runner.id })).toMatchObject({ keyRotationRequested: true });
    expect(await isDue()).toBe(true);
    await revokeRunner(ctx, { id: scene.runner.id });
    await expectCode(requestKeyRotation(ctx, { id: scene.runner.id }), "RUNNER_NOT_ACCEPTED");
  });
});
