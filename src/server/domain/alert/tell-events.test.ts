import type { ProfileFacts } from "@deskhand/shared/protocol/profile-report";
import type { AlertEvent } from "@deskhand/shared/schemas/alert";
import { alertSentence, alertTitle } from "@deskhand/shared/schemas/alert-words";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDb, type Db, queryIn } from "@/server/db";
import { changeState, holdCommand } from "@/server/domain/command/change-state";
import { createProfiles } from "@/server/domain/profile/create-profiles";
import { deleteProfiles } from "@/server/domain/profile/delete-profiles";
import { recordProfileReport } from "@/server/domain/profile/record-profile-report";
import { renameProfile } from "@/server/domain/profile/rename-profile";
import { restoreProfile } from "@/server/domain/profile/restore-profile";
import { completeMove, failMove } from "@/server/domain/profile-move/end-move";
import { holdMove } from "@/server/domain/profile-move/held-move";
import { keepFindings } from "@/server/domain/proxy/record-findings";
import { recordProxyUse } from "@/server/domain/proxy/record-proxy-use";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createProxy, createRun, createRunner, createScene, createWebhookRow, testClock, testContext } from "@/server/testing/factories";
import { createAlertRule } from "./create-alert-rule.ts";
import { listAlerts } from "./queries.ts";
import { tellEvents } from "./tell-events.ts";
import { tellFinishedDeployments } from "./tell-finished-deployments.ts";
import { watchBackups } from "./watch-backups.ts";

const where = { publicUrl: "https://desk.example.com" };
const hour = 3_600_000;
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => void (await db.project.deleteMany({})));
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

async function scene(...events: AlertEvent[]) {
  const made = await createScene(db);
  const clock = testClock();
  const ctx = testContext(db, made.actor, clock);
  const webhook = await createWebhookRow(db, { projectId: made.projectId });
  if (events.length > 0) {
    await createAlertRule(ctx, { projectId: made.projectId, name: "Feed", events, memberIds: [], webhookIds: [webhook.id] });
  }
  const contents = async () => (await listAlerts(ctx, { projectId: made.projectId, limit: 50 })).items.map(({ content }) => content);
  return { ...made, clock, ctx, contents };
}

test("what happens to profiles is told in the order it was asked for, as many at once as happened at once", async () => {
  const { ctx, projectId, runner, profile, contents } = await scene(
    "profile.created",
    "profile.deleted",
    "profile.restored",
    "profile.updated",
  );
  const { items } = await createProfiles(ctx, { projectId, runnerId: runner.id, count: 120, pattern: "Many {n:03}", start: 1, tags: [] });
  await renameProfile(ctx, { id: profile.id, name: "Another" });
  await deleteProfiles(ctx, { projectId, ids: [profile.id] });
  await restoreProfile(ctx, { id: profile.id });
  expect(await tellEvents(ctx, where)).toBe(5);
  expect(await tellEvents(ctx, where)).toBe(0);
  const told = await contents();
  const sizes = told.map((content) => [content.type, "profiles" in content.data ? content.data.profiles.length : 0]);
  expect(sizes.sort()).toEqual([
    ["profile.created", 100],
    ["profile.created", 20],
    ["profile.deleted", 1],
    ["profile.restored", 1],
    ["profile.updated", 1],
  ]);
  expect(told.map(alertTitle)).toContain("Another was brought back");
  expect(told.map(alertSentence).join(" ")).toContain(`${items[0]?.name} on ${runner.name}`);
  expect(await db.delivery.count({ where: { projectId } })).toBe(5);
});

test("nothing is written where nobody asks for it", async () => {
  const { ctx, profile, projectId } = await scene("profile.deleted");
  await renameProfile(ctx, { id: profile.id, name: "Another" });
  expect(await db.event.count({ where: { projectId } })).toBe(0);
});

test("a saved state is told once however often it is saved until then, and a move names the new runner", async () => {
  const { ctx, clock, projectId, runner, profile, contents } = await scene("profile.state-saved", "profile.moved");
  const facts = { revision: 0, holder: null, stateBytes: 5, flags: [], hibernatingSince: null };
  for (const stateSavedAt of [1, 2, 2]) {
    const saved = clock.now().getTime() - hour + stateSavedAt;
    await recordProfileReport(ctx, {
      runnerId: runner.id,
      clockOffsetMs: 0,
      profiles: [{ profileId: profile.id, facts: { ...facts, stateSavedAt: saved } }],
    });
  }
  const to = await createRunner(db, { projectId });
  const id = profile.id;
  const ways = { fromRunnerId: runner.id, toRunnerId: to.id, createdAt: clock.now(), state: "taking" as const };
  await db.profileMove.create({ data: { id, projectId, profileId: id, ...ways, orders: { profileId: id } } });
  await db.profile.update({ where: { id }, data: { moveId: id } });
  await db.$transaction(async (tx) => {
    const move = await holdMove(queryIn(tx), { id });
    if (move) await completeMove(queryIn(tx), ctx, move, undefined);
  });
  expect(await tellEvents(ctx, where)).toBe(2);
  const moved = (await contents()).find(({ type }) => type === "profile.moved");
  expect(moved?.data).toMatchObject({ profiles: [{ id, runner: { id: to.id } }], url: `${where.publicUrl}/dashboard/profiles/${id}` });
});

test("what befalls a profile on its runner is told: opened, closed, an earlier state put back, and a move that came to nothing", async () => {
  const { ctx, clock, projectId, runner, profile, contents } = await scene(
    "profile.opened",
    "profile.closed",
    "profile.state-restored",
    "profile.move-failed",
  );
  const facts = { revision: 0, holder: null, stateSavedAt: null, stateBytes: 5, flags: [] as string[], hibernatingSince: null };
  const report = (change: Partial<Omit<typeof facts, "holder" | "hibernatingSince">> & { holder?: object; hibernatingSince?: number }) =>
    recordProfileReport(ctx, {
      runnerId: runner.id,
      clockOffsetMs: 0,
      profiles: [{ profileId: profile.id, facts: { ...facts, ...change } as ProfileFacts }],
    });
  const told = async () => {
    await tellEvents(ctx, where);
    const types = (await contents()).map(({ type }) => type);
    await db.alert.deleteMany({ where: { projectId } });
    return types;
  };
  const since = clock.now().getTime();
  const held = (kind: string) => ({ holder: { kind, id: profile.id, since } });
  await report(held("run"));
  expect(await told()).toEqual([]);
  await report(held("session"));
  expect(await told()).toEqual(["profile.opened"]);
  await report(held("session"));
  await report({ hibernatingSince: since });
  await report(held("session"));
  expect(await told()).toEqual([]);
  await report({ flags: ["state-restored"] });
  await report({ flags: ["state-restored"] });
  expect((await told()).sort()).toEqual(["profile.closed", "profile.state-restored"]);

  const to = await createRunner(db, { projectId });
  const id = profile.id;
  const ways = { fromRunnerId: runner.id, toRunnerId: to.id, createdAt: clock.now(), state: "taking" as const };
  const fail = async (isCancelled: boolean) => {
    await db.profileMove.deleteMany({ where: { id } });
    await db.profileMove.create({ data: { id, projectId, profileId: id, ...ways, orders: { profileId: id } } });
    await db.$transaction(async (tx) => {
      const move = await holdMove(queryIn(tx), { id });
      if (move) await failMove(queryIn(tx), ctx, move, { isCancelled, failureCode: "EXPORT_TOO_LARGE" });
    });
  };
  await fail(true);
  expect(await told()).toEqual([]);
  await fail(false);
  expect(await told()).toEqual(["profile.move-failed"]);
});

test("a profile that was kept from sites by the wrong exit is told; one that is only warned is not", async () => {
  const { ctx, clock, projectId, profile, contents } = await scene("profile.proxy-mismatch");
  const { id: proxyId } = await createProxy(db, { projectId });
  const exit = { address: "203.0.113.5", country: "DE", timeZone: null, place: null };
  const leave = async (mismatch: string | null) => {
    const events = [{ kind: "proxy-exit" as const, at: 0, proxyId, exit, latencyMs: 5, mismatch }];
    const use = { projectId, runId: crypto.randomUUID(), profileId: profile.id, events, at: clock.now() };
    await db.$transaction((tx) => recordProxyUse(queryIn(tx), use));
    return tellEvents(ctx, where);
  };
  expect(await leave("it is in Germany")).toBe(0);
  await db.profile.update({ where: { id: profile.id }, data: { settings: { ...defaultSettings, onMismatch: "block" } } });
  expect(await leave(null)).toBe(0);
  expect(await leave("it is in Germany")).toBe(1);
  const [told] = await contents();
  expect(told).toMatchObject({ type: "profile.proxy-mismatch", data: { profiles: [{ id: profile.id }] } });
  expect(told && alertTitle(told)).toContain("did not fit");
});

test("a proxy that worked and fails is told, once until it works again", async () => {
  const { ctx, projectId, contents, clock } = await scene("proxy.failed");
  const address = { scheme: "http", host: "proxy.example", port: 8080 };
  const { id: proxyId } = await db.proxy.create({ data: { id: crypto.randomUUID(), projectId, ...address, createdAt: clock.now() } });
  const finding = { proxyId, exit: null, latencyMs: null };
  const find = (failureCode: "PROXY_UNREACHABLE" | null) =>
    db.$transaction((tx) => keepFindings(queryIn(tx), projectId, [{ ...finding, failureCode }], clock.now()));
  await find("PROXY_UNREACHABLE");
  await find("PROXY_UNREACHABLE");
  expect(await tellEvents(ctx, where)).toBe(1);
  await find("PROXY_UNREACHABLE");
  expect(await tellEvents(ctx, where)).toBe(0);
  await find(null);
  await find("PROXY_UNREACHABLE");
  expect(await tellEvents(ctx, where)).toBe(1);
  expect((await contents())[0]).toMatchObject({
    type: "proxy.failed",
    data: { proxy: { name: "proxy.example:8080" }, code: "PROXY_UNREACHABLE" },
  });
});

test("backups that fail or are late are told once until one goes well, also with the runner away", async () => {
  const { ctx, clock, runner, contents } = await scene("backup.failed", "backup.overdue");
  const at = (ms: number) => new Date(clock.now().getTime() + ms).toISOString();
  const report = (more: object) =>
    db.runner.update({
      where: { id: runner.id },
      data: { backup: { ...healthy, succeededAt: at(-hour), overdueAt: at(5 * hour), ...more } },
    });
  const healthy = {
    kind: "sftp",
    schedule: "every 6 h",
    follow: false,
    running: false,
    startedAt: null,
    nextAt: null,
    failures: 0,
    failureCode: null,
    last: null,
    stored: null,
    conflicts: 0,
    verified: null,
  };
  const succeededAt = at(-hour);
  await report({ succeededAt });
  expect(await watchBackups(ctx, where)).toBe(0);
  await report({ succeededAt, failures: 1, failureCode: "STORAGE_FULL" });
  expect(await watchBackups(ctx, where)).toBe(1);
  await report({ succeededAt, failures: 2, failureCode: "STORAGE_FULL" });
  expect(await watchBackups(ctx, where)).toBe(0);
  clock.advance(6 * hour);
  expect(await watchBackups(ctx, where)).toBe(1);
  expect(await watchBackups(ctx, where)).toBe(0);
  expect((await contents()).map(({ type }) => type).sort()).toEqual(["backup.failed", "backup.overdue"]);
  await report({ succeededAt: at(0), failures: 1 });
  expect(await watchBackups(ctx, where)).toBe(1);
});

test("a deployment is told to be over when its last run is, and again when it was started again", async () => {
  const made = await scene("deployment.finished");
  const { ctx, clock, contents } = made;
  const { command } = await createRun(db, { ...made, state: "running" });
  expect(await tellFinishedDeployments(ctx, where)).toBe(0);
  await db.$transaction(async (tx) => {
    const held = await holdCommand(tx, command);
    if (held) await changeState(tx, ctx, held, { to: "succeeded", at: clock.now() });
  });
  expect(await tellFinishedDeployments(ctx, where)).toBe(1);
  expect(await tellFinishedDeployments(ctx, where)).toBe(0);
  const [content] = await contents();
  expect(content).toMatchObject({ type: "deployment.finished", data: { runs: { total: 1, succeeded: 1, active: 0 } } });
  expect(content && alertSentence(content)).toContain("1 succeeded, 0 failed");
});
