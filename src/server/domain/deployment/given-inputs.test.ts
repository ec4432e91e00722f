import type { InputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createRun, createScene, testContext } from "@/server/testing/factories";
import { getGivenInputs } from "./given-inputs.ts";

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
    properties: {
      item: { type: "string", title: "Item" },
      count: { type: "integer" },
      gift: { type: "boolean" },
      password: { type: "string", writeOnly: true },
    },
    required: ["item"],
  },
  steps: [],
};
const sealed = "-----BEGIN AGE ENCRYPTED FILE-----";

async function deployed(inputs: InputValues, schedule?: object) {
  const scene = await createScene(db, { recording });
  const { deployment } = await createRun(db, scene);
  await db.deployment.update({ where: { id: deployment.id }, data: { inputs, ...(schedule ? { schedule } : {}) } });
  return { ctx: testContext(db, scene.actor), id: deployment.id };
}

test("what was given is told as it was declared, and of a secret only that there is one", async () => {
  const { ctx, id } = await deployed({ password: { sealed }, gift: false, item: "Ink" });
  const { items } = await getGivenInputs(ctx, { id });
  expect(items).toEqual([
    { name: "item", title: "Item", secret: false, value: "Ink", settable: false },
    { name: "count", title: "count", secret: false, value: null, settable: false },
    { name: "gift", title: "gift", secret: false, value: false, settable: false },
    { name: "password", title: "password", secret: true, value: null, settable: false },
  ]);
  expect(JSON.stringify(items)).not.toContain("AGE");
});

test("what a message may bring instead is marked", async () => {
  const when = { kind: "webhook", inputs: { item: "order.item" }, perHour: 5 };
  const { ctx, id } = await deployed({ item: "Ink" }, { when, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } });
  const { items } = await getGivenInputs(ctx, { id });
  expect(items.filter(({ settable }) => settable).map(({ name }) => name)).toEqual(["item"]);
});

test("another project's deployment is not found", async () => {
  const { id } = await deployed({ item: "Ink" });
  const stranger = await createScene(db);
  await expectCode(getGivenInputs(testContext(db, stranger.actor), { id }), "NOT_FOUND");
});
