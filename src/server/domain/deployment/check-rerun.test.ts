import type { Recording } from "@deskhand/shared/schemas/recording";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { rerunRun } from "@/server/domain/run/rerun-run";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createRun, createScene, testContext } from "@/server/testing/factories";
import { retryDeployment } from "./retry-deployment.ts";

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
  title: "Check an order",
  inputs: { properties: { order: { type: "string", title: "Order" } }, required: ["order"] },
  steps: [{ type: "change", selectors: ["#order"], value: "{{order}}" }],
};

/** A failed run that a message began, of a deployment with these inputs of its own. */
async function triggered(inputs: { order?: string }) {
  const made = await createScene(db, { recording });
  const { run, deployment } = await createRun(db, { ...made, state: "failed" });
  const when = { kind: "webhook", inputs: { order: "order.number" }, perHour: 10 };
  const schedule = { when, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
  await db.deployment.update({ where: { id: deployment.id }, data: { schedule, inputs, profileIds: [made.profile.id] } });
  return { ctx: testContext(db, made.actor), run, deployment };
}

test("a run whose message brought what it needs cannot run again, and says so at once", async () => {
  const { ctx, run, deployment } = await triggered({});
  const refusal = await expectCode(rerunRun(ctx, run), "INPUT_MISSING");
  expect(refusal).toMatchObject({ details: { field: "order" }, userMessage: expect.stringContaining('"Order" is required.') });
  await expectCode(retryDeployment(ctx, { id: deployment.id }), "INPUT_MISSING");
  expect(await db.run.count({ where: { deploymentId: deployment.id } })).toBe(1);
});

test("one that was deployed with all that it needs runs again", async () => {
  const { ctx, run, deployment } = await triggered({ order: "A-17" });
  expect(await rerunRun(ctx, run)).toMatchObject({ state: "queued" });
  await db.run.updateMany({ where: { deploymentId: deployment.id }, data: { state: "failed" } });
  expect(await retryDeployment(ctx, { id: deployment.id })).toMatchObject({ done: 1 });
});
