import { createProfilesInput } from "@deskhand/shared/schemas/profile-bulk";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import type { NewProxy } from "@deskhand/shared/schemas/proxy";
import type { ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { configureProfiles } from "@/server/domain/profile/configure-profiles";
import { createProfiles } from "@/server/domain/profile/create-profiles";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import {
  actorOf,
  createProfile,
  createProject,
  createProxy,
  createRun,
  createRunner,
  createScene,
  testContext,
} from "@/server/testing/factories";
import { changeProxy } from "./change-proxy.ts";
import { checkProxies } from "./check-proxies.ts";
import { deletePool } from "./delete-pool.ts";
import { deleteProxies } from "./delete-proxies.ts";
import { importProxies } from "./import-proxies.ts";
import { listProxyUsage } from "./list-proxy-usage.ts";
import { putPool } from "./put-pool.ts";
import { listPools, listProxies } from "./queries.ts";
import { recordFindings } from "./record-findings.ts";
import { recordProxyUse } from "./record-proxy-use.ts";

const sealed = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n";
let database: TestDatabase;
let db: Db;
let ctx: Context;
let projectId: string;
let runnerId: string;
let strictRunnerId: string;

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
  ctx = testContext(db, actorOf(project.owner));
  runnerId = (await createRunner(db, { projectId, online: true })).id;
  strictRunnerId = (await createRunner(db, { projectId, signaturesRequired: true })).id;
});

const proxy = (change: Partial<NewProxy> = {}): NewProxy => ({
  id: uuid(),
  name: null,
  scheme: "socks5",
  host: "proxy.example",
  port: 1080,
  username: "ann",
  passwordSealed: sealed,
  changeUrlSealed: null,
  ...change,
});
const add = (...proxies: NewProxy[]) => importProxies(ctx, { projectId, proxies, sealedFor: [runnerId, strictRunnerId], signed: [] });
const ordersTo = async (id: string) =>
  (await db.command.findMany({ where: { runnerId: id, kind: "proxy.configure" }, orderBy: { createdAt: "asc" } })).map(
    ({ payload }) => payload as { proxies: { id: string; passwordSealed?: string | null }[]; pools: unknown[]; removed: string[] },
  );

describe("proxies", () => {
  it("are told to runners with their sealed passwords, which nobody else is given", async () => {
    const made = proxy();
    const { items } = await add(made);
    expect(items).toMatchObject([{ id: made.id, hasPassword: true, knownTo: [runnerId] }]);
    expect((await ordersTo(runnerId))[0]?.proxies).toMatchObject([{ id: made.id, revision: 1, passwordSealed: sealed }]);
    expect(await ordersTo(strictRunnerId)).toEqual([]);
    const shown = JSON.stringify([items, await listProxies(ctx, { projectId, limit: 50 })]);
    expect(shown).not.toContain("AGE ENCRYPTED");
  });

  it("are not had twice", async () => {
    await add(proxy());
    const again = await add(proxy(), proxy({ port: 1081 }), proxy({ port: 1081 }));
    expect([again.items.length, again.skipped]).toEqual([1, 2]);
  });

  it("keep a password that is not given again, unless they lead elsewhere", async () => {
    const { items } = await add(proxy());
    const { id, scheme, host, port, username } = items[0] ?? expect.fail();
    const same = { id, scheme, host, port, username, sealedFor: [], signed: [] };
    const renamed = await changeProxy(ctx, { ...same, revision: 1, name: "Renamed" });
    expect(renamed).toMatchObject({ name: "Renamed", revision: 2, hasPassword: true, knownTo: [runnerId] });
    expect((await ordersTo(runnerId))[1]?.proxies[0]).not.toHaveProperty("passwordSealed");
    await expectCode(changeProxy(ctx, { ...same, revision: 2, name: null, host: "evil.example" }), "INVALID_INPUT");
    await expectCode(changeProxy(ctx, { ...same, revision: 1, name: null }), "CONFLICT");
    const moved = await changeProxy(ctx, {
      ...same,
      revision: 2,
      name: null,
      host: "b.example",
      passwordSealed: sealed,
      sealedFor: [runnerId],
    });
    expect(moved).toMatchObject({ host: "b.example", knownTo: [runnerId] });
  });

  it("are found by what the last look at them said", async () => {
    const at = new Date();
    const works = await createProxy(db, { projectId, checkedAt: at, exitAddress: "203.0.113.5" });
    const fails = await createProxy(db, { projectId, checkedAt: at, failureCode: "PROXY_TIMEOUT" });
    const unchecked = await createProxy(db, { projectId });
    const found = async (state: "works" | "fails" | "unchecked") =>
      (await listProxies(ctx, { projectId, limit: 50, state })).items.map(({ id }) => id);
    expect(await Promise.all([found("works"), found("fails"), found("unchecked")])).toEqual([[works.id], [fails.id], [unchecked.id]]);
  });

  it("are deleted only when nothing uses them, and runners forget them", async () => {
    const [used, pooled, free] = await Promise.all([1, 2, 3].map(() => createProxy(db, { projectId })));
    const settings = { ...defaultSettings, proxy: { kind: "chain", proxyIds: [used?.id ?? "", uuid()] } };
    await createProfile(db, { projectId, runnerId, settings });
    const pool = { projectId, id: uuid(), revision: 0, name: "Pool", coolDownSeconds: 60, signed: [] };
    await putPool(ctx, { ...pool, strategy: "failover", proxyIds: [pooled?.id ?? ""] });
    for (const one of [used, pooled]) await expectCode(deleteProxies(ctx, { projectId, ids: [one?.id ?? ""], signed: [] }), "PROXY_IN_USE");
    await deleteProxies(ctx, { projectId, ids: [free?.id ?? ""], signed: [] });
    expect((await ordersTo(runnerId)).at(-1)?.removed).toEqual([free?.id]);
    const { items } = await listProxies(ctx, { projectId, limit: 50 });
    const uses = items.map((item) => [item.id, [item.usedBy, item.usedByPools]]);
    expect(Object.fromEntries(uses)).toEqual({ [used?.id ?? ""]: [1, 0], [pooled?.id ?? ""]: [1, 1] });
  });
});

describe("pools", () => {
  it("keep the order of their proxies, and are changed by one person at a time", async () => {
    const ids = (await Promise.all([1, 2, 3].map(() => createProxy(db, { projectId })))).map(({ id }) => id);
    const id = uuid();
    const pool = { projectId, id, name: "Pool", strategy: "round-robin" as const, coolDownSeconds: 60, signed: [] };
    await putPool(ctx, { ...pool, revision: 0, proxyIds: ids });
    await putPool(ctx, { ...pool, revision: 1, proxyIds: [...ids].reverse() });
    await expectCode(putPool(ctx, { ...pool, revision: 1, proxyIds: ids }), "CONFLICT");
    await expectCode(putPool(ctx, { ...pool, id: uuid(), name: "POOL", revision: 0, proxyIds: ids }), "NAME_TAKEN");
    const foreign = await createProxy(db, { projectId: (await createProject(db)).id });
    await expectCode(putPool(ctx, { ...pool, revision: 2, proxyIds: [foreign.id] }), "NOT_FOUND");
    expect((await listPools(ctx, { projectId })).items).toMatchObject([{ id, revision: 2, proxyIds: [...ids].reverse() }]);
    await deletePool(ctx, { id, signed: [] });
    expect((await listPools(ctx, { projectId })).items).toEqual([]);
  });
});

describe("a profile's way out", () => {
  it("names proxies of its project, and its runner is told of those that it has not heard of", async () => {
    const made = await createProxy(db, { projectId, host: "later.example" });
    const profile = await createProfile(db, { projectId, runnerId });
    const configure = (revision: number, proxyId: string) => {
      const settings = { ...defaultSettings, proxy: { kind: "proxy" as const, proxyId } };
      return configureProfiles(ctx, { projectId, runnerId, profiles: [{ profileId: profile.id, revision, settings }] });
    };
    await configure(1, made.id);
    expect((await ordersTo(runnerId))[0]?.proxies).toMatchObject([{ id: made.id, host: "later.example" }]);
    await configure(2, made.id);
    expect((await ordersTo(runnerId)).length).toBe(1);
    const foreign = await createProxy(db, { projectId: (await createProject(db)).id });
    await expectCode(configure(3, foreign.id), "NOT_FOUND");
  });
});

describe("a pool that a runner has not heard of", () => {
  const poolOf = async (ids: string[]) => {
    const members = { create: ids.map((proxyId, position) => ({ proxyId, position })) };
    const pool = { id: uuid(), projectId, name: uuid(), strategy: "random", coolDownSeconds: 0, createdAt: new Date(), members };
    return (await db.proxyPool.create({ data: pool })).id;
  };
  const use = async (poolId: string) => {
    const { id: profileId, revision } = await createProfile(db, { projectId, runnerId });
    const settings = { ...defaultSettings, proxy: { kind: "pool" as const, poolId } };
    await configureProfiles(ctx, { projectId, runnerId, profiles: [{ profileId, revision: revision + 1, settings }] });
  };

  it("is told to it also when it knows all of its proxies", async () => {
    const made = await createProxy(db, { projectId, knownTo: [runnerId] });
    const poolId = await poolOf([made.id]);
    await use(poolId);
    expect(await ordersTo(runnerId)).toMatchObject([{ proxies: [], pools: [{ id: poolId, proxyIds: [made.id] }] }]);
  });

  it("comes with all of its proxies, however many it has", async () => {
    const rows = Array.from({ length: 450 }, (_, n) => ({
      id: uuid(),
      scheme: "http",
      host: `p${n}.example`,
      port: 80,
      projectId,
      createdAt: new Date(),
    }));
    await db.proxy.createMany({ data: rows });
    const poolId = await poolOf(rows.map(({ id }) => id));
    await use(poolId);
    const orders = await ordersTo(runnerId);
    expect(orders.map(({ proxies }) => proxies.length)).toEqual([200, 200, 50]);
    expect(new Set(orders.flatMap(({ proxies }) => proxies.map(({ id }) => id))).size).toBe(450);
    expect(orders.flatMap(({ pools }) => pools)).toMatchObject([{ id: poolId }]);
    expect(await db.proxy.count({ where: { projectId, knownTo: { has: runnerId } } })).toBe(450);
  });

  it("is told to it when many profiles are made with it; one of another project makes none", async () => {
    const made = await createProxy(db, { projectId });
    const poolId = await poolOf([made.id]);
    const create = (proxy: ProxySetting) =>
      createProfiles(ctx, createProfilesInput.parse({ projectId, runnerId, count: 2, pattern: "Shop {n}", proxy }));
    await expectCode(create({ kind: "pool", poolId: uuid() }), "NOT_FOUND");
    const foreign = await createProxy(db, { projectId: (await createProject(db)).id });
    await expectCode(create({ kind: "proxy", proxyId: foreign.id }), "NOT_FOUND");
    expect(await db.profile.count({ where: { projectId } })).toBe(0);
    await create({ kind: "pool", poolId });
    expect(await ordersTo(runnerId)).toMatchObject([{ proxies: [{ id: made.id }], pools: [{ id: poolId }] }]);
  });
});

describe("what runners find", () => {
  it("comes to the proxies of their project only", async () => {
    const made = await createProxy(db, { projectId });
    const foreign = await createProxy(db, { projectId: (await createProject(db)).id });
    const { commandId } = await checkProxies(ctx, { projectId, runnerId, proxyIds: [made.id] });
    expect(await db.command.findUniqueOrThrow({ where: { id: commandId } })).toMatchObject({ kind: "proxy.check" });
    const exit = { address: "203.0.113.5", country: "DE", timeZone: "Europe/Berlin", place: { latitude: 52.52, longitude: 13.4 } };
    const findings = [made, foreign].map(({ id: proxyId }) => ({ proxyId, exit, latencyMs: 120, failureCode: null }));
    await recordFindings(db.plain.query.bind(db.plain), { projectId, runnerId, result: { findings }, at: new Date() });
    const shown = async () => (await listProxies(ctx, { projectId, limit: 50 })).items[0]?.lastCheck;
    expect(await shown()).toMatchObject({ exit, latencyMs: 120, failureCode: null });
    expect(await db.proxy.findUniqueOrThrow({ where: { id: foreign.id } })).toMatchObject({ checkedAt: null });
    const failed = [{ proxyId: made.id, exit: null, latencyMs: null, failureCode: "PROXY_TIMEOUT" }];
    await recordFindings(db.plain.query.bind(db.plain), { projectId, runnerId, result: { findings: failed }, at: new Date() });
    expect(await shown()).toMatchObject({ exit, latencyMs: null, failureCode: "PROXY_TIMEOUT" });
    expect(await recordFindings(db.plain.query.bind(db.plain), { projectId, runnerId, result: { findings: "?" }, at: new Date() })).toEqual(
      [],
    );
  });

  it("keeps in what the last exit of a run did not fit its profile", async () => {
    const scene = await createScene(db);
    const { run } = await createRun(db, { ...scene, state: "running" });
    const proxy = await createProxy(db, { projectId: scene.projectId });
    const exit = { address: "203.0.113.5", country: "DE", timeZone: null, place: null };
    const left = (mismatch: string | null) => ({ kind: "proxy-exit" as const, at: 0, proxyId: proxy.id, exit, latencyMs: 5, mismatch });
    const use = (events: ReturnType<typeof left>[]) =>
      recordProxyUse(db.plain.query.bind(db.plain), {
        projectId: scene.projectId,
        runId: run.id,
        profileId: run.profileId,
        events,
        at: new Date(),
      });
    const kept = async () => (await db.run.findUniqueOrThrow({ where: { id: run.id } })).proxyMismatch;
    await use([left(null), left("It is in Germany")]);
    expect(await kept()).toBe("It is in Germany");
    await use([]);
    expect(await kept()).toBe("It is in Germany");
    await use([left(null)]);
    expect(await kept()).toBe(null);
  });

  it("counts bytes by profile and proxy", async () => {
    const made = await createProxy(db, { projectId });
    const [first, second] = await Promise.all([1, 2].map(() => createProfile(db, { projectId, runnerId })));
    const use = (profileId: string | undefined, bytes: number) => {
      const event = { kind: "proxy-used" as const, at: 0, proxyId: made.id, bytesSent: bytes, bytesReceived: 10 * bytes };
      const told = { projectId, runId: uuid(), profileId: profileId ?? "", events: [event, event], at: new Date() };
      return recordProxyUse(db.plain.query.bind(db.plain), told);
    };
    await use(first?.id, 5);
    await use(first?.id, 1);
    await use(second?.id, 2);
    const { items } = await listProxyUsage(ctx, { projectId, proxyId: made.id, limit: 50 });
    const counted = new Map(items.map(({ profileId, bytesSent, bytesReceived }) => [profileId, [bytesSent, bytesReceived]]));
    expect([counted.size, counted.get(first?.id ?? ""), counted.get(second?.id ?? "")]).toEqual([2, [12, 120], [4, 40]]);
    expect((await listProxies(ctx, { projectId, limit: 50 })).items[0]).toMatchObject({ bytesSent: 16, bytesReceived: 160 });
  });

  it("lists bytes to the last row, a page after the other, also where many were told of at once", async () => {
    const used = await Promise.all([1, 2].map(() => createProxy(db, { projectId })));
    const profiles = await Promise.all([1, 2, 3].map(() => createProfile(db, { projectId, runnerId })));
    const lastUsedAt = new Date();
    const rows = used.flatMap(({ id: proxyId }) => profiles.map(({ id: profileId }) => ({ proxyId, profileId, lastUsedAt })));
    await db.proxyUsage.createMany({ data: [...rows.slice(1), { ...rows[0], lastUsedAt: new Date(0) } as (typeof rows)[0]] });
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await listProxyUsage(ctx, { projectId, limit: 2, cursor });
      expect(items).toHaveLength(2);
      seen.push(...items.map(({ proxyId, profileId }) => `${proxyId} ${profileId}`));
      if (nextCursor === null) break;
      cursor = nextCursor;
    }
    expect(new Set(seen).size).toBe(6);
    expect(seen.at(-1)).toBe(`${rows[0]?.proxyId} ${rows[0]?.profileId}`);
    await expectCode(listProxyUsage(ctx, { projectId, limit: 2, cursor: "nonsense" }), "INVALID_INPUT");
  });
});
