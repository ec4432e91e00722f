import type { TaskResult } from "@deskhand/shared/protocol/commands";
import { DELETED_KEPT_MS } from "@deskhand/shared/schemas/profile-bulk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createAlertRule } from "@/server/domain/alert/create-alert-rule";
import { finishCommand } from "@/server/domain/command/finish-command";
import { refuseCommand } from "@/server/domain/command/refuse-command";
import { sweepCommands } from "@/server/domain/command/sweep-commands";
import { revokeRunner } from "@/server/domain/runner/revoke-runner";
import { type CommandBench, createCommandBench } from "@/server/testing/command-bench";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile } from "@/server/testing/factories";
import { cloneProfiles } from "./clone-profiles.ts";
import { deleteProfile } from "./delete-profile.ts";
import { deleteProfiles } from "./delete-profiles.ts";
import { findTargets } from "./find-targets.ts";
import { orderProfile } from "./order-profile.ts";
import { orderProfiles } from "./order-profiles.ts";
import { purgeProfiles } from "./purge-profiles.ts";
import { getProfile } from "./queries.ts";
import { recordProfileReport } from "./record-profile-report.ts";
import { restoreProfiles } from "./restore-profiles.ts";
import { seeNotices } from "./see-notices.ts";
import { settleCopies } from "./settle-copies.ts";

let database: TestDatabase;
let db: Db;
let bench: CommandBench;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});
beforeEach(async () => {
  bench = await createCommandBench(db);
});

const add = (name: string, data: object = {}) =>
  createProfile(db, { projectId: bench.scene.projectId, runnerId: bench.runnerId, name, ...data });
const rowOf = (id: string) => db.profile.findUniqueOrThrow({ where: { id } });
const projectId = () => bench.scene.projectId;

/** The runner takes what waits, and says of the last of it how it ended. */
async function runnerSays(state: "succeeded" | "failed" | "cancelled", failureCode: string | null, result?: TaskResult) {
  const commandId = (await bench.lease()).at(-1)?.id ?? "";
  await finishCommand(bench.asRunner, { runnerId: bench.runnerId, commandId, state, failureCode, result });
}

describe("what a runner does not delete", () => {
  test("of many is there again, with why, until somebody has seen it; the others stay deleted", async () => {
    const [held, gone] = [await add("Held"), await add("Gone")];
    await deleteProfiles(bench.asOwner, { projectId: projectId(), ids: [held.id, gone.id] });
    await runnerSays("failed", "PROFILE_BUSY", { done: 1, failed: [held.id] });
    expect((await rowOf(gone.id)).deletedAt).not.toBeNull();
    const { notices } = await getProfile(bench.asOwner, held);
    expect(notices).toEqual([{ kind: "not-deleted", code: "PROFILE_BUSY", count: 1, at: bench.clock.now().toISOString() }]);
    const until = notices[0]?.at ?? "";
    bench.clock.advance(1);
    expect((await seeNotices(bench.asOwner, { id: held.id, until })).notices).toEqual([]);
  });

  test("has a name beside that of another which came meanwhile, and none of those that came back are touched", async () => {
    const shop = await add("Shop");
    await deleteProfile(bench.asOwner, shop);
    await add("shop");
    await add("Shop (kept)");
    await runnerSays("failed", "POLICY_DENIED");
    expect(await rowOf(shop.id)).toMatchObject({ name: "Shop (kept 2)", deletedAt: null, purgeAt: null });

    const back = await add("Back");
    await deleteProfile(bench.asOwner, back);
    await restoreProfiles(bench.asOwner, { projectId: projectId(), ids: [back.id] });
    bench.clock.advance(1);
    await deleteProfile(bench.asOwner, back);
    const [first] = await bench.lease();
    await finishCommand(bench.asRunner, {
      runnerId: bench.runnerId,
      commandId: first?.id ?? "",
      state: "failed",
      failureCode: "PROFILE_BUSY",
    });
    expect((await rowOf(back.id)).deletedAt).not.toBeNull();
  });

  test("does not keep the others from being brought back together", async () => {
    const [held, gone] = [await add("Held"), await add("Gone")];
    const ids = [held.id, gone.id];
    await deleteProfiles(bench.asOwner, { projectId: projectId(), ids });
    await runnerSays("failed", "PROFILE_BUSY", { done: 1, failed: [held.id] });
    const { items } = await findTargets(bench.asOwner, { projectId: projectId(), ids, deleted: true });
    expect(items.map(({ id }) => id)).toEqual([gone.id]);
    await expectCode(findTargets(bench.asOwner, { projectId: projectId(), ids: [...ids, projectId()], deleted: false }), "NOT_FOUND");
  });

  test("because it was lost, refused it, or is not the project's any more, is there again too: what it has may still be there", async () => {
    const [lost, refused, revoked] = [await add("Lost"), await add("Refused"), await add("Revoked")];
    await deleteProfile(bench.asOwner, lost);
    bench.clock.advance(366 * 24 * 60 * 60_000);
    await sweepCommands(bench.ctx);
    const whyOf = async (id: string) => (await getProfile(bench.asOwner, { id })).notices;
    expect(await whyOf(lost.id)).toMatchObject([{ kind: "not-deleted", code: "COMMAND_EXPIRED" }]);

    await deleteProfiles(bench.asOwner, { projectId: projectId(), ids: [refused.id] });
    const command = (await bench.lease()).at(-1) ?? expect.fail();
    const refusal = { runnerId: bench.runnerId, commandId: command.id, leaseToken: command.leaseToken };
    await refuseCommand(bench.asRunner, { ...refusal, code: "NOT_FOUND" });
    expect(await whyOf(refused.id)).toMatchObject([{ kind: "not-deleted" }]);

    await deleteProfile(bench.asOwner, revoked);
    await revokeRunner(bench.asOwner, { id: bench.runnerId });
    expect(await whyOf(revoked.id)).toMatchObject([{ kind: "not-deleted", code: "RUNNER_REVOKED" }]);
    // nobody is left who could be asked: now it ends here
    await deleteProfile(bench.asOwner, revoked);
    expect((await rowOf(revoked.id)).deletedAt).not.toBeNull();
  });

  test("for good stays out of sight", async () => {
    const old = await add("Old");
    await deleteProfile(bench.asOwner, old);
    await runnerSays("succeeded", null);
    await purgeProfiles(bench.asOwner, { projectId: projectId(), ids: [old.id] });
    await runnerSays("failed", "PROFILE_BUSY", { done: 0, failed: [old.id] });
    expect(await rowOf(old.id)).toMatchObject({ deletedAt: expect.any(Date), notices: [] });
  });
});

describe("copies", () => {
  const clone = (from: string, count: number) =>
    cloneProfiles(bench.asOwner, { projectId: projectId(), copies: Array.from({ length: count }, () => ({ from })), keepIdentity: false });

  test("that a runner did not make are taken away, and the profile says why", async () => {
    const { id } = await add("Shop");
    const [made, ...not] = (await clone(id, 3)).items.map((copy) => copy.id);
    await runnerSays("failed", "RUNNER_DISK_FULL", { copies: 1, failed: not });
    expect(await rowOf(made ?? "")).toMatchObject({ deletedAt: null, copyCommandId: null });
    const now = bench.clock.now();
    for (const copy of not) expect(await rowOf(copy)).toMatchObject({ deletedAt: now, purgeAt: now });
    expect((await getProfile(bench.asOwner, { id })).notices).toMatchObject([{ kind: "not-copied", code: "RUNNER_DISK_FULL", count: 2 }]);
  });

  test("that were made stay, whatever becomes of the next ones", async () => {
    const { id } = await add("Shop");
    const { items } = await clone(id, 1);
    await runnerSays("succeeded", null, { copies: 1 });
    await clone(id, 1);
    await runnerSays("failed", "PROFILE_BUSY");
    expect(await rowOf(items[0]?.id ?? "")).toMatchObject({ deletedAt: null, copyCommandId: null });
  });

  test("of a runner that never heard of them are taken away when their time is over, and can be brought back as it may have made them", async () => {
    const { id } = await add("Shop");
    const { items } = await clone(id, 2);
    bench.clock.advance(366 * 24 * 60 * 60_000);
    await sweepCommands(bench.ctx);
    expect(await settleCopies(bench.ctx)).toBe(1);
    expect(await settleCopies(bench.ctx)).toBe(0);
    const now = bench.clock.now().getTime();
    for (const copy of items) {
      expect(await rowOf(copy.id)).toMatchObject({ copyCommandId: null, purgeAt: new Date(now + DELETED_KEPT_MS) });
    }
    expect((await getProfile(bench.asOwner, { id })).notices).toMatchObject([{ kind: "not-copied", code: "COMMAND_EXPIRED", count: 2 }]);
  });
});

test("a window or session that the proxy's exit kept from opening is noted once and told; one that failed otherwise is not", async () => {
  const events = ["profile.proxy-mismatch" as const];
  await createAlertRule(bench.asOwner, {
    projectId: projectId(),
    name: "Feed",
    events,
    memberIds: [bench.scene.actor.userId],
    webhookIds: [],
  });
  const [shop, many, other] = [await add("Shop"), await add("Many"), await add("Other")];
  const told = async () =>
    (await db.event.findMany({ where: { type: "profile.proxy-mismatch" } })).map(({ subjectId }) => subjectId).sort();
  const open = (id: string) => orderProfile(bench.asOwner, { id, order: { kind: "open", window: true } });
  for (const code of ["PROXY_MISMATCH", "PROXY_MISMATCH"]) {
    await open(shop.id);
    await runnerSays("failed", code);
  }
  await open(other.id);
  await runnerSays("failed", "BROWSER_MISSING");
  expect((await getProfile(bench.asOwner, shop)).notices).toMatchObject([{ kind: "proxy-mismatch", count: 1 }]);
  await orderProfiles(bench.asOwner, { projectId: projectId(), ids: [many.id, other.id], order: "open" });
  const failed = [
    { id: many.id, code: "PROXY_MISMATCH" },
    { id: other.id, code: "PROFILE_BUSY" },
  ];
  await runnerSays("failed", "PROXY_MISMATCH", { done: 0, hibernating: 0, failed });
  expect((await getProfile(bench.asOwner, many)).notices).toMatchObject([{ kind: "proxy-mismatch" }]);
  expect((await getProfile(bench.asOwner, other)).notices).toEqual([]);
  expect(await told()).toEqual([shop.id, many.id].sort());
});

test("a program that the proxy's exit kept from a profile is noted and told as a window is, once each time, however often its runner says so", async () => {
  const events = ["profile.proxy-mismatch" as const];
  const rule = { projectId: projectId(), name: "Feed", events, memberIds: [bench.scene.actor.userId], webhookIds: [] };
  await createAlertRule(bench.asOwner, rule);
  const { id } = await add("Shop");
  const told = (mismatchAt?: number) => {
    const facts = { revision: 0, holder: null, stateSavedAt: null, stateBytes: null, flags: ["proxy-mismatch"], hibernatingSince: null };
    const profiles = [{ profileId: id, facts: { ...facts, ...(mismatchAt && { mismatchAt }) } }];
    return recordProfileReport(bench.asRunner, { runnerId: bench.runnerId, profiles, clockOffsetMs: 0 });
  };
  const noticed = async () => (await getProfile(bench.asOwner, { id })).notices;
  const eventsOf = () => db.event.count({ where: { subjectId: id, type: "profile.proxy-mismatch" } });
  // it went on, and was warned
  await told();
  expect([await noticed(), await eventsOf()]).toEqual([[], 0]);
  await told(5_000);
  await told(5_000);
  await told(6_000);
  expect(await noticed()).toMatchObject([{ kind: "proxy-mismatch", code: null, count: 1 }]);
  expect(await eventsOf()).toBe(1);
  await db.event.deleteMany({ where: { subjectId: id } });
  await seeNotices(bench.asOwner, { id, until: (await noticed())[0]?.at ?? "" });
  await told(6_000);
  expect([await noticed(), await eventsOf()]).toEqual([[], 0]);
  await told(7_000);
  expect([await noticed(), await eventsOf()]).toMatchObject([[{ kind: "proxy-mismatch" }], 1]);
});

test("that a state was lost is kept until somebody has seen it, also when the runner has saved good ones since", async () => {
  const { id } = await add("Shop");
  const told = (flags: string[]) => {
    const facts = { revision: 0, holder: null, stateSavedAt: 1, stateBytes: 1, flags, hibernatingSince: null };
    return recordProfileReport(bench.asRunner, { runnerId: bench.runnerId, profiles: [{ profileId: id, facts }], clockOffsetMs: 0 });
  };
  const noticed = async () => (await getProfile(bench.asOwner, { id })).notices;
  await told(["state-restored"]);
  await told(["state-restored"]);
  await told([]);
  expect(await noticed()).toMatchObject([{ kind: "state-restored", code: null }]);
  await seeNotices(bench.asOwner, { id, until: bench.clock.now().toISOString() });
  bench.clock.advance(1);
  await told(["blob"]);
  expect(await noticed()).toEqual([]);
  await told(["blob", "state-restored"]);
  expect(await noticed()).toHaveLength(1);
});
