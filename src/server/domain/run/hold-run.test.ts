import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createAlertRule } from "@/server/domain/alert/create-alert-rule";
import { raiseWaitingRuns } from "@/server/domain/alert/raise-waiting-runs";
import { at, type CommandBench, createCommandBench, finished, started } from "@/server/testing/command-bench";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, addMember, createWorkflow, testContext } from "@/server/testing/factories";
import { findHeldRun } from "./find-held-run.ts";
import { holdRun } from "./hold-run.ts";
import { getRun } from "./queries.ts";

let database: TestDatabase;
let db: Db;
let bench: CommandBench;
let runId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});
beforeEach(async () => {
  bench = await createCommandBench(db);
  runId = (await bench.queueRun()).run.id;
  await bench.lease();
  bench.clock.advance(10_000);
});

const take = (ctx = bench.asOwner) => holdRun(ctx, { id: runId, key: null });

describe("who has a run's page", () => {
  test("is asked for while the run goes on, and told by the runner", async () => {
    await expectCode(take(), "CONFLICT");
    await bench.apply(runId, 1, [started(1)]);
    const { id: holdId } = await take();
    expect(await bench.commandOf(holdId)).toMatchObject({
      kind: "run.hold",
      payload: { runId, key: null },
      requestedById: bench.scene.owner.id,
    });
    expect((await getRun(bench.asOwner, { id: runId })).held).toBeNull();
    await bench.apply(runId, 2, [{ kind: "held", at: at(10), commandId: holdId }]);
    expect((await getRun(bench.asOwner, { id: runId })).held).toMatchObject({ holdId, userId: bench.scene.owner.id });
    await expectCode(take(), "RUN_HELD");
    await bench.apply(runId, 3, [{ kind: "given-back", at: at(20) }]);
    expect((await getRun(bench.asOwner, { id: runId })).held).toBeNull();
    await take();
  });

  test("is nobody when the run is over, however it ended", async () => {
    await bench.apply(runId, 1, [started(1)]);
    const { id: holdId } = await take();
    await bench.apply(runId, 2, [{ kind: "held", at: at(10), commandId: holdId }, finished(20)]);
    expect((await getRun(bench.asOwner, { id: runId })).held).toBeNull();
    await expectCode(take(), "RUN_FINISHED");
  });

  test("only they act on it, and only while they may use the project's runs", async () => {
    await bench.apply(runId, 1, [started(1)]);
    const { id: holdId } = await take();
    expect(await findHeldRun(bench.asOwner, { runId, holdId })).toEqual({ runnerId: bench.runnerId });
    const member = await addMember(db, bench.scene.projectId, "admin");
    await expectCode(findHeldRun(testContext(db, actorOf(member), bench.clock), { runId, holdId }), "FORBIDDEN");
    const other = await createCommandBench(db);
    await expectCode(findHeldRun(other.asOwner, { runId, holdId }), "NOT_FOUND");
    const otherRun = (await bench.queueRun()).run.id;
    await expectCode(findHeldRun(bench.asOwner, { runId: otherRun, holdId }), "NOT_FOUND");
  });
});

describe("a run that waits for a person", () => {
  const waiting = (index: number) => ({ kind: "waiting", at: at(10), index, reason: "step", until: at(60_010) }) as const;
  const raise = () => raiseWaitingRuns(bench.ctx, { publicUrl: "https://desk.example" });
  const alerts = () =>
    db.alert.findMany({ where: { projectId: bench.scene.projectId, type: "run.waiting" }, include: { deliveries: true } });

  test("says so, and calls whoever started it, once", async () => {
    const { deploymentId } = await db.run.findUniqueOrThrow({ where: { id: runId } });
    await db.deployment.update({ where: { id: deploymentId }, data: { createdById: bench.scene.owner.id } });
    await bench.apply(runId, 1, [started(1), waiting(0)]);
    expect((await getRun(bench.asOwner, { id: runId })).waiting).toMatchObject({
      reason: "step",
      step: 0,
      until: new Date(at(60_010)).toISOString(),
    });
    await Promise.all([raise(), raise()]);
    await raise();
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(alert).toMatchObject({ data: { run: { id: runId, step: 0 }, url: `https://desk.example/dashboard/runs/${runId}` } });
    expect(alert?.deliveries).toMatchObject([{ userId: bench.scene.owner.id }]);
  });

  test("inside of a workflow that it calls, is told at the step that calls", async () => {
    const { projectId } = bench.scene;
    const version = "a".repeat(64);
    const parameters = { workflowId: bench.scene.workflow.id, version };
    const steps = [{ type: "close" } as const, { type: "customStep", name: "deskhand.workflow", parameters } as const];
    const caller = await createWorkflow(db, { projectId, recording: { title: "Calls", steps } });
    const { deploymentId } = await db.run.update({ where: { id: runId }, data: { workflowVersionId: caller.version.id } });
    const workflows = { [version]: { title: "Called", steps: [{ type: "close" }, { type: "close" }] } };
    await db.deployment.update({ where: { id: deploymentId }, data: { createdById: bench.scene.owner.id, workflows } });
    await bench.apply(runId, 1, [started(1), waiting(3)]);
    await raise();
    expect(await alerts()).toMatchObject([{ data: { run: { step: 1 } } }]);
  });

  test("calls those whom the rules name, again when it waits again, and nobody when it goes on", async () => {
    const { projectId } = bench.scene;
    const admin = await addMember(db, projectId, "admin");
    await createAlertRule(bench.asOwner, { projectId, name: "Calls", events: ["run.waiting"], memberIds: [admin.id], webhookIds: [] });
    await bench.apply(runId, 1, [started(1), waiting(0)]);
    await raise();
    await bench.apply(runId, 3, [{ kind: "resumed", at: at(20) }]);
    expect((await getRun(bench.asOwner, { id: runId })).waiting).toBeNull();
    await raise();
    await bench.apply(runId, 4, [{ ...waiting(0), at: at(30) }]);
    await raise();
    expect((await alerts()).map(({ deliveries }) => deliveries.map(({ userId }) => userId))).toEqual([[admin.id], [admin.id]]);
  });
});
