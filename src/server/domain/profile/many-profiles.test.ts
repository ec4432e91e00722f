import { randomUUID } from "node:crypto";
import type { Identity } from "@deskhand/shared/schemas/identity";
import { listProfilesInput } from "@deskhand/shared/schemas/profile";
import * as bulk from "@deskhand/shared/schemas/profile-bulk";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile, createRun, createRunner, createScene, testContext } from "@/server/testing/factories";
import { cloneProfiles } from "./clone-profiles.ts";
import { createProfiles } from "./create-profiles.ts";
import { deleteProfiles } from "./delete-profiles.ts";
import { findTargets } from "./find-targets.ts";
import { countProfiles, listProfiles } from "./list-profiles.ts";
import { orderProfiles } from "./order-profiles.ts";
import { purgeProfiles } from "./purge-profiles.ts";
import { restoreProfiles } from "./restore-profiles.ts";

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

async function scene() {
  const made = await createScene(db);
  await db.profile.deleteMany({ where: { projectId: made.projectId } });
  const ctx = testContext(db, made.actor);
  const { projectId } = made;
  type Filter = Omit<z.input<typeof listProfilesInput>, "projectId">;
  const names = async (filter: Filter = {}) => {
    const { items } = await listProfiles(ctx, listProfilesInput.parse({ projectId, ...filter }));
    return items.map(({ name }) => name);
  };
  const add = (name: string, data: object = {}) => createProfile(db, { projectId, runnerId: made.runner.id, name, ...data });
  const create = (input: object) =>
    createProfiles(
      ctx,
      bulk.createProfilesInput.parse({ projectId, runnerId: made.runner.id, count: 3, pattern: "Shop {n:02}", ...input }),
    );
  const kinds = async () => (await db.command.findMany({ where: { projectId }, orderBy: { position: "asc" } })).map(({ kind }) => kind);
  return { ...made, ctx, names, add, create, kinds };
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

describe("the list", () => {
  test("searches names, notes and tags, each word by itself, whatever the case", async () => {
    const { names, add } = await scene();
    await add("Shop 100%", { notes: "Paid by Ada", createdAt: at(2) });
    await add("Mail", { tags: ["Warm-Up"], createdAt: at(1) });
    expect(await names({ search: "SHOP ada" })).toEqual(["Shop 100%"]);
    expect(await names({ search: "warm" })).toEqual(["Mail"]);
    expect(await names({ search: "0%" })).toEqual(["Shop 100%"]);
    expect(await names({ search: "a" })).toEqual(["Shop 100%", "Mail"]);
    expect(await names({ search: "shop mail" })).toEqual([]);
  });

  test("is narrowed down by group, tags, state, engine and flags", async () => {
    const { names, add, projectId, ...made } = await scene();
    const group = await db.profileGroup.create({ data: { projectId, name: "G", createdAt: at(0) } });
    await add("a", { groupId: group.id, tags: ["x", "y"], createdAt: at(4) });
    await add("b", { tags: ["x"], stateSavedAt: at(9), settings: { engine: "dedicated" }, createdAt: at(3) });
    await add("c", { stateSavedAt: at(8), stateFlags: ["blob"], createdAt: at(2) });
    const used = await add("d", { createdAt: at(1) });
    await add("e", { holderKind: "window", holderId: used.id, holderSince: at(1), createdAt: at(0) });
    await add("f", { stateSavedAt: at(1), hibernatingSince: at(2), createdAt: new Date(0) });
    await createRun(db, { ...made, projectId, profile: used, state: "running" });
    expect(await names({ groupId: group.id })).toEqual(["a"]);
    expect(await names({ groupId: "none" })).toEqual(["b", "c", "d", "e", "f"]);
    expect(await names({ tags: ["x", "y"] })).toEqual(["a"]);
    expect(await names({ tags: "x, y", tagMode: "any" })).toEqual(["a", "b"]);
    expect(await names({ state: "in-use" })).toEqual(["d", "e"]);
    expect(await names({ state: "saved" })).toEqual(["b", "c"]);
    expect(await names({ state: "new" })).toEqual(["a"]);
    expect(await names({ state: "hibernating" })).toEqual(["f"]);
    expect(await names({ engine: "dedicated" })).toEqual(["b"]);
    expect(await names({ engine: "shared", flags: "some" })).toEqual(["c"]);
    expect(await names({ engine: "dedicated", state: "hibernating" })).toEqual([]);
    const count = { projectId, tags: ["x"], which: "present" as const };
    expect(await countProfiles(made.ctx, count)).toEqual({ count: 2 });
  });

  test("is narrowed down by the proxy or the pool that profiles have, and to those that have none", async () => {
    const { names, add } = await scene();
    const [first, second, pool] = [randomUUID(), randomUUID(), randomUUID()];
    await add("direct", { createdAt: at(5) });
    await add("said so", { settings: { proxy: { kind: "none" } }, createdAt: at(4) });
    await add("alone", { settings: { proxy: { kind: "proxy", proxyId: first } }, createdAt: at(3) });
    await add("chain", { settings: { proxy: { kind: "chain", proxyIds: [second, first] } }, createdAt: at(2) });
    await add("pool", { settings: { proxy: { kind: "pool", poolId: pool } }, createdAt: at(1) });
    expect(await names({ through: first })).toEqual(["alone", "chain"]);
    expect(await names({ through: second.toUpperCase() })).toEqual(["chain"]);
    expect(await names({ through: pool })).toEqual(["pool"]);
    expect(await names({ through: "none" })).toEqual(["direct", "said so"]);
    expect(await names({ through: randomUUID() })).toEqual([]);
  });

  test.each(["created", "name", "saved", "size", "run"] as const)(
    "is paged in the order of %s, up and down, and from any place",
    async (sort) => {
      const { ctx, projectId, names, add } = await scene();
      for (const n of [3, 1, 2, 5, 4]) {
        // two that were never used, which stand together
        const used = n < 4 ? { stateSavedAt: at(n), stateBytes: n * 10, lastRunAt: at(n) } : {};
        await add(`P${n}`, { createdAt: at(n), ...used });
      }
      for (const direction of ["asc", "desc"] as const) {
        const all = await names({ sort, direction });
        expect(all).toHaveLength(5);
        const seen: string[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await listProfiles(
            ctx,
            listProfilesInput.parse({ projectId, sort, direction, limit: 2, cursor: cursor ?? undefined }),
          );
          seen.push(...page.items.map(({ name }) => name));
          cursor = page.nextCursor;
        }
        expect(seen).toEqual(all);
        expect(await names({ sort, direction, offset: 3 })).toEqual(all.slice(3));
      }
      const down = await names({ sort });
      if (sort === "created" || sort === "name") expect(down).toEqual(["P5", "P4", "P3", "P2", "P1"]);
      else expect(down.slice(0, 3)).toEqual(["P3", "P2", "P1"]);
      const { nextCursor } = await listProfiles(ctx, listProfilesInput.parse({ projectId, sort, limit: 2 }));
      const other = listProfilesInput.parse({ projectId, sort, direction: "asc", cursor: nextCursor });
      await expectCode(listProfiles(ctx, other), "INVALID_INPUT");
    },
  );
});

describe("creating many", () => {
  test("names them by the pattern, the last one newest", async () => {
    const { create, names } = await scene();
    expect((await create({ start: 9, tags: ["a"] })).items.map(({ name }) => name)).toEqual(["Shop 09", "Shop 10", "Shop 11"]);
    expect(await names({ tags: ["a"] })).toEqual(["Shop 11", "Shop 10", "Shop 09"]);
  });

  test("makes their devices in the languages and the time zone that are wanted, each another", async () => {
    const { create } = await scene();
    const device = { languages: ["de-DE", "en"], timeZone: "Europe/Berlin" };
    const { items } = await create({ device });
    const rows = await db.profile.findMany({ where: { id: { in: items.map(({ id }) => id) } } });
    const identities = rows.map(({ settings }) => (settings as ProfileSettings).identity);
    expect(identities).toMatchObject([device, device, device]);
    expect(new Set(identities.map((identity) => identity?.seed)).size).toBe(3);
  });

  test("makes none when one of the names is taken", async () => {
    const { create, add, names } = await scene();
    await add("shop 02");
    expect((await expectCode(create({}), "NAME_TAKEN")).details).toEqual({ names: ["Shop 02"] });
    expect(await names()).toEqual(["shop 02"]);
  });
});

test("copies have what their source has, a free name each, and one command for a hundred", async () => {
  const { ctx, projectId, add, names, kinds } = await scene();
  const from = await add("Shop", { tags: ["x"], notes: "n", settings: { engine: "dedicated" }, revision: 4, createdAt: at(0) });
  await add("Shop (copy)", { createdAt: at(1) });
  const copies = Array.from({ length: 101 }, () => ({ from: from.id }));
  const { items } = await cloneProfiles(ctx, { projectId, copies, keepIdentity: false });
  expect(items.slice(0, 2).map(({ name }) => name)).toEqual(["Shop (copy 2)", "Shop (copy 3)"]);
  expect(await names({ tags: ["x"], sort: "created", direction: "asc", limit: 2 })).toEqual(["Shop", "Shop (copy 2)"]);
  expect(await db.profile.findUnique({ where: { id: items[0]?.id ?? "" } })).toMatchObject({ revision: 4, notes: "n" });
  expect(await kinds()).toEqual(["profile.clone", "profile.clone"]);
});

test("copies show themselves as devices of their own, with what somebody chose of the first, unless they are to keep it", async () => {
  const { ctx, projectId, create } = await scene();
  const device = { os: "windows" as const, languages: ["de-DE", "de"], timeZone: "Europe/Berlin" };
  const { items } = await create({ count: 1, device });
  const from = items[0]?.id ?? "";
  const settingsOf = async (id: string) => (await db.profile.findUniqueOrThrow({ where: { id } })).settings as ProfileSettings;
  const first = await settingsOf(from);
  const geolocation = { latitude: 52.5, longitude: 13.4, accuracy: 50 };
  const original = { ...first.identity, geolocation } as Identity;
  await db.profile.update({ where: { id: from }, data: { settings: { ...first, identity: original } } });

  const made = await cloneProfiles(ctx, { projectId, copies: [{ from }, { from }], keepIdentity: false });
  const own = await Promise.all(made.items.map(async ({ id }) => (await settingsOf(id)).identity));
  for (const identity of own) expect(identity).toMatchObject({ ...device, geolocation });
  expect(new Set([original, ...own].map((identity) => identity?.seed)).size).toBe(3);
  for (const identity of own) expect({ ...identity, seed: "" }).not.toEqual({ ...original, seed: "" });
  const told = await db.command.findFirstOrThrow({ where: { projectId, kind: "profile.clone" } });
  expect(told.payload).toMatchObject({ profileId: from, copies: made.items.map(({ id }) => id), identities: own });

  const kept = await cloneProfiles(ctx, { projectId, copies: [{ from }], keepIdentity: true });
  expect((await settingsOf(kept.items[0]?.id ?? "")).identity).toEqual(original);
  await expectCode(cloneProfiles(ctx, { projectId, copies: [{ from, identity: original }], keepIdentity: true }), "INVALID_INPUT");
});

test("profiles that are made together show themselves as different devices", async () => {
  const { create } = await scene();
  const { items } = await create({ count: 20 });
  const rows = await db.profile.findMany({ where: { id: { in: items.map(({ id }) => id) } } });
  const identities = rows.map(({ settings }) => (settings as ProfileSettings).identity);
  expect(new Set(identities.map((identity) => identity?.seed)).size).toBe(20);
  expect(new Set(identities.map((identity) => JSON.stringify({ ...identity, seed: "" }))).size).toBeGreaterThan(5);
});

describe("deleting many", () => {
  test("leaves those that are in use and says so, tells runners by the hundred, and is undone", async () => {
    const { ctx, projectId, create, names, kinds, ...made } = await scene();
    const { items } = await create({ count: 151 });
    const [first, ...others] = items.map(({ id }) => id);
    await createRun(db, { ...made, projectId, profile: { id: first ?? "" } });
    const result = await deleteProfiles(ctx, bulk.deleteProfilesInput.parse({ projectId, filter: { search: "shop" } }));
    expect(result).toEqual({ done: 150, refused: [{ id: first, name: "Shop 01", code: "PROFILE_IN_USE" }] });
    expect(await names()).toEqual(["Shop 01"]);
    expect(await names({ which: "deleted", limit: 3 })).toHaveLength(3);
    expect((await kinds()).filter((kind) => kind === "profiles.delete")).toHaveLength(2);

    await db.profile.update({ where: { id: first ?? "" }, data: { name: "SHOP 02" } });
    const back = await restoreProfiles(ctx, { projectId, ids: others });
    expect(back).toMatchObject({ done: 149, refused: [{ id: others[0], name: "Shop 02", code: "NAME_TAKEN" }] });
    expect(await names({ which: "deleted" })).toEqual(["Shop 02"]);
  });

  test("for good leaves nothing to bring back", async () => {
    const { ctx, projectId, add, names, kinds } = await scene();
    const { id } = await add("a");
    await deleteProfiles(ctx, { projectId, ids: [id] });
    expect(await purgeProfiles(ctx, { projectId, ids: [id] })).toEqual({ done: 1, refused: [] });
    expect(await names({ which: "deleted" })).toEqual([]);
    await expectCode(restoreProfiles(ctx, { projectId, ids: [id] }), "NOT_FOUND");
    expect(await kinds()).toEqual(["profiles.delete", "profiles.delete"]);
    const last = await db.command.findFirst({ where: { projectId }, orderBy: { position: "desc" } });
    expect(last?.payload).not.toHaveProperty("keepMs");
  });
});

describe("starting and stopping many", () => {
  test("asks their runners for a part at a time, tells of each that cannot be, and is over when nobody waits any more", async () => {
    const { ctx, projectId, create, kinds } = await scene();
    await create({ count: 60 });
    const left = await createRunner(db, { projectId, status: "revoked" });
    const lost = await createProfile(db, { projectId, runnerId: left.id, name: "Lost" });
    const order = (input: object) => orderProfiles(ctx, { ...bulk.orderProfilesInput.parse({ projectId, ...input }), order: "open" });
    const { tasks, refused } = await order({ filter: {} });
    expect(tasks.map(({ profiles }) => profiles)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(refused).toEqual([{ id: lost.id, name: "Lost", code: "RUNNER_NOT_ACCEPTED" }]);
    const first = await db.command.findUnique({ where: { id: tasks[0]?.id ?? "", kind: "profiles.open" } });
    expect(first).toMatchObject({ payload: { profileIds: expect.any(Array), requestedBy: expect.any(Object) } });
    expect((first?.deadlineAt.getTime() ?? 0) - ctx.clock.now().getTime()).toBeLessThan(60 * 60_000);
    expect(await kinds()).toHaveLength(7);
    await expectCode(order({ ids: [projectId] }), "NOT_FOUND");
  });
});

test("targets are found a thousand at a time, with what signing needs", async () => {
  const { ctx, projectId, runner } = await scene();
  // straight into the table: a thousand devices take their time to be made up
  const rows = Array.from({ length: 1002 }, (_, n) => ({ projectId, runnerId: runner.id, name: `A ${n}`, createdAt: at(0) }));
  await db.profile.createMany({ data: rows });
  const first = await findTargets(ctx, { projectId, filter: {}, deleted: false });
  expect(first.items).toHaveLength(1000);
  expect(first.items[0]).toMatchObject({ revision: 0, inUse: false, settings: { engine: "shared" } });
  const rest = await findTargets(ctx, { projectId, filter: {}, deleted: false, after: first.next ?? undefined });
  expect(rest).toMatchObject({ items: [{}, {}], next: null });
});
