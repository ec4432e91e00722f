import { listProfilesInput } from "@deskhand/shared/schemas/profile";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import type { ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import {
  createProject,
  createProxy,
  createRun,
  createRunner,
  createScene,
  createProfile as insertProfile,
  testClock,
  testContext,
} from "@/server/testing/factories";
import { createProfile } from "./create-profile.ts";
import { deleteProfile } from "./delete-profile.ts";
import { listProfiles as list } from "./list-profiles.ts";
import { getProfile } from "./queries.ts";
import { renameProfile } from "./rename-profile.ts";
import { restoreProfile } from "./restore-profile.ts";

const listProfiles = (ctx: Context, input: z.input<typeof listProfilesInput>) => list(ctx, listProfilesInput.parse(input));

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
  return { ...made, ctx: testContext(db, made.actor), runnerId: made.runner.id };
}

describe("creating", () => {
  test("a new profile waits on its runner without state", async () => {
    const { ctx, projectId, runnerId, runner } = await scene();
    const profile = await createProfile(ctx, { projectId, runnerId, name: "Shop" });
    expect(profile).toMatchObject({ name: "Shop", runnerName: runner.name, state: "new", activeRunId: null, lastRunId: null });
    expect(await getProfile(ctx, profile)).toMatchObject(profile);
  });

  test("a name is used once in a project, whatever its case, until its profile is deleted", async () => {
    const { ctx, projectId, runnerId } = await scene();
    const first = await createProfile(ctx, { projectId, runnerId, name: "Shop" });
    await expectCode(createProfile(ctx, { projectId, runnerId, name: "SHOP" }), "NAME_TAKEN");
    await deleteProfile(ctx, first);
    await createProfile(ctx, { projectId, runnerId, name: "SHOP" });
  });

  test("the same name asked for at the same moment is given once", async () => {
    const { ctx, projectId, runnerId } = await scene();
    const tries = await Promise.allSettled([1, 2, 3, 4].map(() => createProfile(ctx, { projectId, runnerId, name: "Race" })));
    expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("a runner that is not accepted, or another project's, takes none", async () => {
    const { ctx, projectId } = await scene();
    const waiting = await createRunner(db, { projectId, status: "pending" });
    await expectCode(createProfile(ctx, { projectId, runnerId: waiting.id, name: "x" }), "RUNNER_NOT_ACCEPTED");
    const other = await createProject(db);
    const foreign = await createRunner(db, { projectId: other.id });
    await expectCode(createProfile(ctx, { projectId, runnerId: foreign.id, name: "x" }), "NOT_FOUND");
  });
});

test("renaming keeps names apart", async () => {
  const { ctx, projectId, runnerId, profile } = await scene();
  await insertProfile(db, { projectId, runnerId, name: "Taken" });
  expect(await renameProfile(ctx, { id: profile.id, name: "T_ken" })).toMatchObject({ name: "T_ken" });
  await expectCode(renameProfile(ctx, { id: profile.id, name: "taken" }), "NAME_TAKEN");
  expect(await renameProfile(ctx, { id: profile.id, name: "Free" })).toMatchObject({ name: "Free" });
});

describe("deleting", () => {
  test("it disappears at once and its runner is told to remove its state", async () => {
    const { ctx, projectId, profile } = await scene();
    await deleteProfile(ctx, profile);
    await expectCode(getProfile(ctx, profile), "NOT_FOUND");
    expect((await listProfiles(ctx, { projectId, limit: 50 })).items).toEqual([]);
    expect(await db.command.findFirst({ where: { projectId } })).toMatchObject({
      kind: "profile.delete",
      payload: { profileId: profile.id, keepMs: 30 * 24 * 60 * 60_000 },
      state: "queued",
    });
    await expectCode(deleteProfile(ctx, profile), "NOT_FOUND");
  });

  test("it can be brought back for 30 days, unless another has its name by then", async () => {
    const made = await scene();
    const clock = testClock();
    const ctx = testContext(db, made.actor, clock);
    const { projectId, runnerId, profile } = made;
    await expectCode(restoreProfile(ctx, profile), "NOT_FOUND");
    await deleteProfile(ctx, profile);
    const other = await createProfile(ctx, { projectId, runnerId, name: profile.name });
    await expectCode(restoreProfile(ctx, profile), "NAME_TAKEN");
    await renameProfile(ctx, { id: other.id, name: "Other" });
    clock.advance(30 * 24 * 60 * 60_000 - 1);
    expect(await restoreProfile(ctx, profile)).toMatchObject({ id: profile.id, name: profile.name });
    expect(
      (await db.command.findMany({ where: { projectId, kind: { not: "profile.configure" } }, orderBy: { position: "asc" } })).map(
        ({ kind }) => kind,
      ),
    ).toEqual(["profile.delete", "profile.restore"]);
    await deleteProfile(ctx, profile);
    clock.advance(30 * 24 * 60 * 60_000);
    await expectCode(restoreProfile(ctx, profile), "NOT_FOUND");
  });

  test("a profile with a run that is not over is kept", async () => {
    const made = await scene();
    const { run } = await createRun(db, made);
    expect((await expectCode(deleteProfile(made.ctx, made.profile), "PROFILE_IN_USE")).details).toEqual({ runId: run.id });
  });
});

describe("the list of profiles", () => {
  test("each tells its state, its newest run and the run that is on it now", async () => {
    const made = await scene();
    const { ctx, projectId, runnerId, profile } = made;
    const saved = await insertProfile(db, { projectId, runnerId, stateSavedAt: new Date(), stateBytes: 12 });
    const waiting = await insertProfile(db, { projectId, runnerId });
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
    const running = await createRun(db, { ...made, state: "running", createdAt: at(1) });
    const newest = await createRun(db, { ...made, createdAt: at(2) });
    await createRun(db, { ...made, profile: saved, state: "failed", createdAt: at(3) });
    await createRun(db, { ...made, profile: waiting, createdAt: at(4) });
    const { items } = await listProfiles(ctx, { projectId, limit: 50 });
    const of = (id: string) => items.find((item) => item.id === id);
    expect(of(profile.id)).toMatchObject({
      state: "in-use",
      activeRunId: running.run.id,
      lastRunId: newest.run.id,
      lastRunState: "queued",
    });
    expect(of(saved.id)).toMatchObject({ state: "saved", stateBytes: 12, activeRunId: null, lastRunState: "failed" });
    expect(of(waiting.id)).toMatchObject({ state: "new", activeRunId: null, lastRunState: "queued" });
  });

  test("each tells by which proxies or which pool it reaches the network, by their names", async () => {
    const { ctx, projectId, runnerId, profile } = await scene();
    const [named, other] = [
      await createProxy(db, { projectId, name: "Berlin" }),
      await createProxy(db, { projectId, host: "2001:db8::1" }),
    ];
    const pool = { id: uuid(), projectId, name: "Pool", strategy: "random", coolDownSeconds: 60, createdAt: new Date() };
    await db.proxyPool.create({ data: pool });
    const insert = (proxy: ProxySetting) => insertProfile(db, { projectId, runnerId, settings: { ...defaultSettings, proxy } });
    const chain = await insert({ kind: "chain", proxyIds: [other.id, named.id] });
    const pooled = await insert({ kind: "pool", poolId: pool.id });
    const gone = await insert({ kind: "proxy", proxyId: uuid() });
    const { items } = await listProfiles(ctx, { projectId, limit: 50 });
    expect(new Map(items.map(({ id, network }) => [id, network]))).toEqual(
      new Map([
        [profile.id, { kind: "none", names: [] }],
        [chain.id, { kind: "chain", names: ["[2001:db8::1]:8080", "Berlin"] }],
        [pooled.id, { kind: "pool", names: ["Pool"] }],
        [gone.id, { kind: "proxy", names: [] }],
      ]),
    );
    expect((await getProfile(ctx, { id: pooled.id })).network).toEqual({ kind: "pool", names: ["Pool"] });
  });

  test("search and runner narrow it, and a wildcard is a character", async () => {
    const { ctx, projectId, runnerId } = await scene();
    await insertProfile(db, { projectId, runnerId, name: "50% off" });
    await insertProfile(db, { projectId, runnerId, name: "500 off" });
    const names = async (search: string) => (await listProfiles(ctx, { projectId, limit: 50, search })).items.map(({ name }) => name);
    expect(await names("0% OFF")).toEqual(["50% off"]);
    expect(await names("off")).toHaveLength(2);
    const other = await createRunner(db, { projectId });
    expect((await listProfiles(ctx, { projectId, limit: 50, runnerId: other.id })).items).toEqual([]);
  });

  test("pages hold every profile once, also those of the same moment and while others are added", async () => {
    const { ctx, projectId, runnerId, profile } = await scene();
    const createdAt = new Date(Date.UTC(2026, 0, 1));
    const made = [];
    for (let i = 0; i < 7; i++) made.push(await insertProfile(db, { projectId, runnerId, createdAt }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listProfiles(ctx, { projectId, limit: 3, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      await insertProfile(db, { projectId, runnerId });
    } while (cursor);
    expect([...seen].sort()).toEqual([profile.id, ...made.map(({ id }) => id)].sort());
  });

  test("a cursor that no list gave is refused", async () => {
    const { ctx, projectId } = await scene();
    await expectCode(listProfiles(ctx, { projectId, limit: 3, cursor: "nonsense" }), "INVALID_INPUT");
  });
});
