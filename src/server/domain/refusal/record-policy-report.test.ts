import type { PolicyReport, Refusal } from "@deskhand/shared/protocol/policy";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { getRun } from "@/server/domain/run/queries";
import { getRunner } from "@/server/domain/runner/queries";
import { tightenRunner } from "@/server/domain/runner/tighten-runner";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, addMember, createRun, createRunner, createScene, testClock, testContext } from "@/server/testing/factories";
import { listRefusals } from "./queries.ts";
import { recordPolicyReport } from "./record-policy-report.ts";

let database: TestDatabase;
let db: Db;
let scene: Awaited<ReturnType<typeof createScene>>;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  scene = await createScene(db, { online: true });
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

const start = new Date("2026-03-01T12:00:00Z");
const quietly = { paused: false, quietUntil: null, damaged: false, empty: false };
const refusal = (more: Partial<Refusal> = {}): Refusal => ({
  id: uuid(),
  runId: null,
  kind: "host",
  rule: "nothing allows it",
  subject: "ads.example",
  count: 1,
  fatal: false,
  firstAt: start.getTime(),
  lastAt: start.getTime(),
  ...more,
});
const asOwner = () => testContext(db, scene.actor, testClock(start));
function report(part: Partial<Omit<PolicyReport, "v">>, clockOffsetMs = 0) {
  const { runner, projectId } = scene;
  const ctx = testContext(db, { kind: "runner", runnerId: runner.id, projectId }, testClock(start));
  return recordPolicyReport(ctx, { runnerId: runner.id, report: { ...quietly, refusals: [], ...part }, clockOffsetMs });
}

describe("a runner's report of its policy", () => {
  test("is shown on the runner and on its runs; before there is one, nothing is known", async () => {
    const { run } = await createRun(db, { ...scene, state: "accepted" });
    expect((await getRunner(asOwner(), scene.runner)).policy).toBeNull();
    await report({ paused: true });
    expect((await getRunner(asOwner(), scene.runner)).policy).toEqual(quietlyBut({ paused: true }));
    expect(await getRun(asOwner(), run)).toMatchObject({ runnerPaused: true, runnerQuietUntil: null });
    await report({ quietUntil: start.getTime() + 60 * 60_000 - 5_000, empty: true, damaged: true }, 4_000);
    const quietUntil = "2026-03-01T13:00:00.000Z";
    expect((await getRunner(asOwner(), scene.runner)).policy).toEqual(quietlyBut({ quietUntil, empty: true, damaged: true }));
    expect(await getRun(asOwner(), run)).toMatchObject({ runnerPaused: false, runnerQuietUntil: quietUntil });
  });

  test("is stored once however often it comes; counts grow and never shrink", async () => {
    const { run } = await createRun(db, { ...scene, state: "running" });
    const first = refusal({ runId: run.id });
    await report({ refusals: [first] });
    const later = { ...first, count: 7, fatal: true, lastAt: start.getTime() - 1_000 };
    for (const told of [later, first, later]) await report({ refusals: [told] });
    const { refusals } = await getRun(asOwner(), run);
    expect(refusals).toMatchObject([{ id: first.id, subject: "ads.example", rule: "nothing allows it", count: 7, fatal: true }]);
    expect((await listRefusals(asOwner(), scene.runner)).items).toEqual(refusals);
  });

  test("says nothing of runs or refusals of another runner", async () => {
    const other = await createScene(db);
    const { run } = await createRun(db, other);
    await report({ refusals: [refusal({ runId: run.id })] });
    const theirs = refusal({ subject: "theirs.example" });
    await recordPolicyReport(testContext(db), { runnerId: other.runner.id, report: { ...quietly, refusals: [theirs] }, clockOffsetMs: 0 });
    await report({ refusals: [{ ...theirs, count: 99 }] });
    expect(await db.refusal.findMany({ where: { runnerId: { in: [scene.runner.id, other.runner.id] } } })).toMatchObject([
      { id: theirs.id, runnerId: other.runner.id, count: 1 },
    ]);
  });

  test("keeps times within what can be, by the server's clock", async () => {
    await report({ refusals: [refusal({ firstAt: start.getTime() + 500_000, lastAt: start.getTime() + 900_000 })] }, -600_000);
    const [item] = (await listRefusals(asOwner(), scene.runner)).items;
    expect(item).toMatchObject({ firstAt: "2026-03-01T11:58:20.000Z", lastAt: "2026-03-01T12:00:00.000Z" });
  });
});

describe("tightening a runner", () => {
  test("is what its reports are answered with", async () => {
    expect(await report({})).toEqual({ deniedHosts: [], maxDownloadBytes: null, paused: false });
    const view = await tightenRunner(asOwner(), {
      id: scene.runner.id,
      deniedHosts: ["ads.example", "ads.example", "10.0.0.0/8"],
      maxDownloadBytes: 5_000_000_000,
    });
    const tightening = { deniedHosts: ["ads.example", "10.0.0.0/8"], maxDownloadBytes: 5_000_000_000, paused: false };
    expect(view.tightening).toEqual(tightening);
    expect(await report({})).toEqual(tightening);
  });

  test("is for who manages runners", async () => {
    const member = await addMember(db, scene.projectId, "member");
    const input = { id: scene.runner.id, deniedHosts: [], maxDownloadBytes: null };
    await expectCode(tightenRunner(testContext(db, actorOf(member)), input), "FORBIDDEN");
    const other = await createScene(db);
    await expectCode(tightenRunner(testContext(db, other.actor), input), "NOT_FOUND");
    await expectCode(listRefusals(testContext(db, other.actor), scene.runner), "NOT_FOUND");
  });
});

test("a report of a runner that is not there is refused", async () => {
  const gone = await createRunner(db, { projectId: scene.projectId });
  await db.runner.delete({ where: { id: gone.id } });
  const refused = recordPolicyReport(testContext(db), { runnerId: gone.id, report: { ...quietly, refusals: [] }, clockOffsetMs: 0 });
  await expectCode(refused, "NOT_FOUND");
});

function quietlyBut(part: object) {
  return { ...quietly, ...part };
}
