import type { Recording } from "@deskhand/shared/schemas/recording";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { defaultPlan } from "@/server/plan";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createScene, testContext } from "@/server/testing/factories";
import { listTestRuns, startTests } from "./start-tests.ts";

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

const recording: Recording = {
  title: "Read the price",
  inputs: { properties: { page: { type: "string" }, password: { type: "string", writeOnly: true } }, required: ["page"] },
  tests: [
    { name: "Cheap", inputs: { page: "a" }, expect: { price: "1" } },
    { name: "Dear", inputs: { page: "b" }, expect: { price: "9" } },
  ],
  steps: [{ type: "change", selectors: ["#page"], value: "{{page}}" }],
};

test("each test is a run of its own with its inputs, that is told which test it is", async () => {
  const made = await createScene(db, { recording });
  const { projectId, workflow, runner, profile } = made;
  const ctx = testContext(db, made.actor);
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileId: profile.id };
  const none = await listTestRuns(ctx, workflow);
  expect(none).toMatchObject({
    version: 1,
    items: [
      { name: "Cheap", runId: null },
      { name: "Dear", state: null },
    ],
  });

  const secrets = { password: { sealed: "ciphertext" } };
  const { items } = await startTests(ctx, { ...asked, tests: [{ name: "Dear", secrets }, { name: "Cheap" }] });
  expect(items.map(({ runIds }) => runIds.length)).toEqual([1, 1]);
  const connectionId = uuid();
  await db.runner.update({ where: { id: runner.id }, data: { connectionId } });
  const { messages } = await leaseCommands(testContext(db), { runnerId: runner.id, connectionId });
  expect(messages.map(({ payload }) => payload)).toMatchObject([
    { test: "Dear", inputs: { page: "b", ...secrets } },
    { test: "Cheap", inputs: { page: "a" } },
  ]);

  const [runId = ""] = items[0]?.runIds ?? [];
  await db.run.update({ where: { id: runId }, data: { state: "failed", failureCode: "TEST_FAILED" } });
  expect((await listTestRuns(ctx, workflow)).items).toMatchObject([
    { name: "Cheap", state: "leased", failureCode: null },
    { name: "Dear", runId, state: "failed", failureCode: "TEST_FAILED" },
  ]);
  await startTests(ctx, { ...asked, tests: [{ name: "Dear" }] });
  expect((await listTestRuns(ctx, workflow)).items[1]).toMatchObject({ state: "queued", failureCode: null });
});

test("a test that the version does not have is not started, and nothing of the others is", async () => {
  const made = await createScene(db, { recording });
  const { projectId, workflow, runner, profile } = made;
  const tests = [{ name: "Cheap" }, { name: "Gone" }];
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileId: profile.id, tests };
  await expectCode(startTests(testContext(db, made.actor), asked), "NOT_FOUND");
  expect(await db.run.count({ where: { projectId } })).toBe(0);
});

test("the limit counts all of them at once: they are all started, or none", async () => {
  const made = await createScene(db, { recording });
  const { projectId, workflow, runner, profile } = made;
  const ctx = testContext(db, made.actor);
  await limitCommands(ctx, { projectId, runnerId: runner.id, count: defaultPlan.commandsPerRunnerPerMinute - 1 });
  const tests = [{ name: "Cheap" }, { name: "Dear" }];
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileId: profile.id, tests };
  // as with a deployment to many profiles, what is asked in one call is allowed as a whole
  expect((await startTests(ctx, asked)).items).toHaveLength(2);
  await expectCode(startTests(ctx, asked), "RATE_LIMITED");
  expect(await db.deployment.count({ where: { projectId } })).toBe(2);
});

test("inputs that do not fit one of them start none", async () => {
  const made = await createScene(db, { recording });
  const { projectId, workflow, runner, profile } = made;
  const tests = [{ name: "Cheap" }, { name: "Dear", secrets: { password: "in the clear" } }];
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileId: profile.id, tests };
  await expectCode(startTests(testContext(db, made.actor), asked), "SECRET_NOT_SEALED");
  expect(await db.deployment.count({ where: { projectId } })).toBe(0);
});
