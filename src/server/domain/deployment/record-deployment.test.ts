import { createDeploymentInput } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { raiseWaitingRuns } from "@/server/domain/alert/raise-waiting-runs";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { getRun } from "@/server/domain/run/queries";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createScene, testContext } from "@/server/testing/factories";
import { createDeployment } from "./create-deployment.ts";

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

const recording: Recording = { title: "Begin", steps: [{ type: "navigate", url: "https://example.com/" }] };

test("the runner is told that a run records, and nobody is called to it who did not ask for it", async () => {
  const { projectId, workflow, runner, profile, actor } = await createScene(db, { recording });
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id], inputs: {} };
  const ctx = testContext(db, actor);
  const { runIds } = await createDeployment(ctx, { ...asked, record: true });
  await createDeployment(ctx, asked);
  const connectionId = uuid();
  await db.runner.update({ where: { id: runner.id }, data: { connectionId } });
  const { messages } = await leaseCommands(testContext(db), { runnerId: runner.id, connectionId });
  expect(messages.map(({ payload }) => "record" in payload && payload.record)).toEqual([true, false]);
  const now = ctx.clock.now();
  const waiting = { waitingSince: now, waitingUntil: new Date(now.getTime() + 60_000), waitingReason: "record", waitingStep: 0 };
  await db.run.update({ where: { id: runIds[0] ?? "" }, data: waiting });
  expect(await raiseWaitingRuns(ctx, { publicUrl: "https://desk.example" })).toBe(0);
});

test("the runner is told to open a window, which is for recording only", async () => {
  const { projectId, workflow, runner, profile, actor } = await createScene(db, { recording });
  const ctx = testContext(db, actor);
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id], inputs: {}, window: true };
  const { runIds } = await createDeployment(ctx, { ...asked, record: true });
  expect(await getRun(ctx, { id: runIds[0] ?? "" })).toMatchObject({ record: true, window: true });
  const connectionId = uuid();
  await db.runner.update({ where: { id: runner.id }, data: { connectionId } });
  const { messages } = await leaseCommands(testContext(db), { runnerId: runner.id, connectionId });
  expect(messages).toMatchObject([{ payload: { record: true, window: true } }]);
  expect(createDeploymentInput.safeParse(asked).success).toBe(false);
});

test("the runner is told that a draft is tried in a run, and nobody is called to it who did not ask for it", async () => {
  const { projectId, workflow, runner, profile, actor } = await createScene(db, { recording });
  const ctx = testContext(db, actor);
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id], inputs: {}, trial: true };
  const { runIds } = await createDeployment(ctx, asked);
  const connectionId = uuid();
  await db.runner.update({ where: { id: runner.id }, data: { connectionId } });
  const { messages } = await leaseCommands(testContext(db), { runnerId: runner.id, connectionId });
  expect(messages).toMatchObject([{ payload: { trial: true } }]);
  const now = ctx.clock.now();
  const waiting = { waitingSince: now, waitingUntil: new Date(now.getTime() + 60_000), waitingReason: "trial", waitingStep: 0 };
  await db.run.update({ where: { id: runIds[0] ?? "" }, data: waiting });
  expect(await raiseWaitingRuns(ctx, { publicUrl: "https://desk.example" })).toBe(0);
});

test("a draft is tried on one profile, not by a schedule, and without recording", () => {
  const asked = { projectId: uuid(), workflowId: uuid(), runnerId: uuid(), profileIds: [uuid()], trial: true };
  expect(createDeploymentInput.safeParse(asked).success).toBe(true);
  expect(createDeploymentInput.safeParse({ ...asked, profileIds: [uuid(), uuid()] }).success).toBe(false);
  expect(createDeploymentInput.safeParse({ ...asked, record: true }).success).toBe(false);
});

test("a person records on one profile, and not by a schedule", () => {
  const asked = { projectId: uuid(), workflowId: uuid(), runnerId: uuid(), profileIds: [uuid()], record: true };
  expect(createDeploymentInput.safeParse(asked).success).toBe(true);
  expect(createDeploymentInput.safeParse({ ...asked, profileIds: [uuid(), uuid()] }).success).toBe(false);
});
