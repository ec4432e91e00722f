import { ordersForPool } from "@deskhand/shared/schemas/send-pool";
import { orderManifest, signManifest } from "@deskhand/shared/signing/make-manifest";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { sweepCommands } from "@/server/domain/command/sweep-commands";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createProject, createProxy, createRunner, testClock, testContext } from "@/server/testing/factories";
import { createSigningKey, makeSigningKey } from "@/server/testing/signing-key";
import { putPool } from "./put-pool.ts";
import { listPools, listProxies } from "./queries.ts";
import { sendPool } from "./send-pool.ts";

let database: TestDatabase;
let db: Db;
let ctx: Context;
let clock: ReturnType<typeof testClock>;
let projectId: string;
let key: ReturnType<typeof makeSigningKey>;
let strictId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});
beforeEach(async () => {
  const project = await createProject(db);
  projectId = project.id;
  clock = testClock(new Date());
  ctx = testContext(db, actorOf(project.owner), clock);
  key = makeSigningKey(projectId);
  const { id: signingKeyId } = await createSigningKey(db, key, { projectId, createdById: project.owner.id });
  strictId = (await createRunner(db, { projectId, signaturesRequired: true })).id;
  await db.runnerSigner.create({
    data: { runnerId: strictId, signingKeyId, status: "approved", requestedAt: new Date(), changedAt: new Date() },
  });
});

const ordersToStrict = async () =>
  (await db.command.findMany({ where: { runnerId: strictId, kind: "proxy.configure" }, orderBy: { position: "asc" } })).map(
    ({ payload }) => payload as { proxies: object[]; pools: object[] },
  );
const onlyPool = async () => (await listPools(ctx, { projectId })).items[0] ?? expect.fail();

/** A pool from before the runner that demands signatures, as its page and the command line would send it. */
async function makePool() {
  const open = await createProxy(db, { projectId, host: "open.example" });
  const locked = await createProxy(db, { projectId, host: "locked.example", passwordSealed: "sealed to others" });
  const pool = { id: uuid(), projectId, name: "Berlin", strategy: "random" as const, coolDownSeconds: 60, signed: [] };
  await putPool(ctx, { ...pool, revision: 0, proxyIds: [open.id, locked.id] });
  const { items } = await listProxies(ctx, { projectId, limit: 50 });
  const { orders, locked: without } = ordersForPool(await onlyPool(), items, strictId);
  const [order] = orders;
  if (!order || orders.length > 1) expect.fail();
  const signedManifest = await signManifest(key, await orderManifest(strictId, "proxy.configure", order.payload));
  const proxies = order.proxies.map(({ id, revision }) => ({ id, revision }));
  return { open, locked, without, send: { id: pool.id, runnerId: strictId, revision: 1, proxies, signedManifest } };
}

it("a pool is sent, signed, to a runner that never heard of it, with the proxies that have no secrets", async () => {
  const { open, locked, without, send } = await makePool();
  expect((await onlyPool()).knownTo).toEqual([]);
  expect(await ordersToStrict()).toEqual([]);
  expect(without.map(({ id }) => id)).toEqual([locked.id]);
  const { signedManifest: _, ...unsigned } = send;
  await expectCode(sendPool(ctx, unsigned), "SIGNATURE_REQUIRED");
  expect((await sendPool(ctx, send)).knownTo).toEqual([strictId]);
  expect(await ordersToStrict()).toMatchObject([
    { proxies: [{ id: open.id, host: "open.example", passwordSealed: null }], pools: [{ id: send.id, proxyIds: [open.id, locked.id] }] },
  ]);
  expect((await db.proxy.findUniqueOrThrow({ where: { id: open.id } })).knownTo).toEqual([strictId]);
  expect((await db.proxy.findUniqueOrThrow({ where: { id: locked.id } })).knownTo).toEqual([]);
});

it("nothing is sent that was changed meanwhile, is sealed to others, is of another pool, or of another project", async () => {
  const { locked, send } = await makePool();
  await expectCode(sendPool(ctx, { ...send, revision: 2 }), "CONFLICT");
  await expectCode(sendPool(ctx, { ...send, proxies: [{ id: locked.id, revision: 1 }] }), "INVALID_INPUT");
  const other = await createProxy(db, { projectId });
  await expectCode(sendPool(ctx, { ...send, proxies: [{ id: other.id, revision: 1 }] }), "INVALID_INPUT");
  await expectCode(sendPool(ctx, { ...send, proxies: [] }), "MANIFEST_INVALID");
  const foreign = await createRunner(db, { projectId: (await createProject(db)).id });
  await expectCode(sendPool(ctx, { ...send, runnerId: foreign.id }), "NOT_FOUND");
  expect(await ordersToStrict()).toEqual([]);
});

it("a runner that did not take it in time is not said to have it", async () => {
  const { open, send } = await makePool();
  await sendPool(ctx, send);
  clock.advance(366 * 24 * 60 * 60_000);
  await sweepCommands(testContext(db, { kind: "system" }, clock));
  expect((await onlyPool()).knownTo).toEqual([]);
  expect((await db.proxy.findUniqueOrThrow({ where: { id: open.id } })).knownTo).toEqual([]);
});
