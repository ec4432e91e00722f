import type { Recording } from "@deskhand/shared/schemas/recording";
import type { FiringReason, ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createRun, createScene, testContext } from "@/server/testing/factories";
import { getRunInputs } from "./run-inputs.ts";

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
  title: "Order",
  inputs: {
    properties: { item: { type: "string" }, count: { type: "integer" }, password: { type: "string", writeOnly: true } },
    required: ["item"],
  },
  steps: [],
};
const given = { item: "Ink", count: 1, password: { sealed: "-----BEGIN AGE ENCRYPTED FILE-----" } };

/** A run that came of a firing; `brought`: with which values. */
async function begun(when: ScheduleWhen, { brought, reason = null }: { brought?: object; reason?: FiringReason | null } = {}) {
  const made = await createScene(db, { recording });
  const { deployment, run, command } = await createRun(db, made);
  const [deploymentId, firingId, at] = [deployment.id, uuid(), new Date()];
  const schedule = { when, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
  await db.deployment.update({ where: { id: deploymentId }, data: { inputs: given, schedule } });
  await db.scheduleFiring.create({ data: { id: firingId, deploymentId, dueAt: at, at, state: "fired", reason, count: 1 } });
  await db.run.update({ where: { id: run.id }, data: { firingId } });
  if (brought) {
    const payload = { ...(command.payload as object), triggered: { firingId, inputs: brought } };
    await db.command.update({ where: { id: command.id }, data: { payload } });
  }
  const ctx = testContext(db, made.actor);
  const inputs = async () => (await getRunInputs(ctx, { id: run.id })).items.map(({ name, value, setBy }) => [name, value, setBy]);
  return { ctx, run, inputs };
}

const webhook: ScheduleWhen = { kind: "webhook", inputs: { item: "order.item", count: "order.count" }, perHour: 9 };
const after: ScheduleWhen = { kind: "after", workflowId: uuid(), on: "success", inputs: { item: "item" }, sameProfile: false };

test("of a run that a message began, what it brought is told in the place of what was given; never a secret", async () => {
  const { inputs } = await begun(webhook, { brought: { item: "Tea", password: "in clear" } });
  expect(await inputs()).toEqual([
    ["item", "Tea", "message"],
    ["count", 1, "deployment"],
    ["password", null, "deployment"],
  ]);
});

test("of one that another run began, only its runner knows what that brought; of one that was begun by hand, nothing was", async () => {
  const { inputs } = await begun(after);
  expect(await inputs()).toEqual([
    ["item", "Ink", "run"],
    ["count", 1, "deployment"],
    ["password", null, "deployment"],
  ]);
  const byHand = await begun(after, { reason: "BY_HAND" });
  expect((await byHand.inputs())[0]).toEqual(["item", "Ink", "deployment"]);
});

test("only who may look at the project sees them", async () => {
  const { run } = await begun(webhook);
  const stranger = await createScene(db);
  await expectCode(getRunInputs(testContext(db, stranger.actor), { id: run.id }), "NOT_FOUND");
});
