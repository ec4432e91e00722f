import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, addMember, createProject, testContext, testSecret } from "@/server/testing/factories";
import { changeWebhook } from "./change-webhook.ts";
import { createWebhook } from "./create-webhook.ts";
import { deleteWebhook } from "./delete-webhook.ts";
import { getWebhook, listWebhooks } from "./queries.ts";
import { rotateWebhookSecret } from "./rotate-webhook-secret.ts";
import { secretsOf } from "./secret.ts";

let database: TestDatabase;
let db: Db;
const sealing = { authSecret: testSecret };

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

async function scene() {
  const project = await createProject(db);
  const ctx = testContext(db, actorOf(project.owner));
  const made = await createWebhook(ctx, { projectId: project.id, name: "Hook", url: "https://hooks.example/in/s3cret" }, sealing);
  return { project, ctx, made };
}

describe("a webhook", () => {
  test("tells its secret once, and the database does not hold it readable", async () => {
    const { ctx, made } = await scene();
    expect(made.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(JSON.stringify(await getWebhook(ctx, made))).not.toContain("whsec_");
    const row = await db.webhook.findUniqueOrThrow({ where: { id: made.id } });
    expect(JSON.stringify(row)).not.toContain(made.secret);
    expect(secretsOf(row, testSecret, new Date())).toEqual([made.secret]);
    expect(secretsOf(row, "another secret that is long enough", new Date())).toBeUndefined();
  });

  test("signs with the secret before the last for a day, and never with the one before that", async () => {
    const { ctx, made } = await scene();
    const second = await rotateWebhookSecret(ctx, made, sealing);
    const third = await rotateWebhookSecret(ctx, made, sealing);
    const row = await db.webhook.findUniqueOrThrow({ where: { id: made.id } });
    expect(secretsOf(row, testSecret, new Date())).toEqual([third.secret, second.secret]);
    expect(secretsOf(row, testSecret, new Date(Date.now() + 24 * 60 * 60_000))).toEqual([third.secret]);
  });

  test("shows the path of its address, which may hold a secret, only to who may manage alerts", async () => {
    const { project, ctx, made } = await scene();
    const member = await addMember(db, project.id, "member");
    const asMember = testContext(db, actorOf(member));
    const key = { kind: "apiKey" as const, apiKeyId: made.id, projectId: project.id, userId: project.owner.id, scopes: ["read" as const] };
    expect((await getWebhook(ctx, made)).url).toBe("https://hooks.example/in/s3cret");
    expect((await getWebhook(asMember, made)).url).toBe("https://hooks.example/…");
    expect((await listWebhooks(asMember, { projectId: project.id })).items[0]?.url).toBe("https://hooks.example/…");
    expect((await getWebhook(testContext(db, key), made)).url).toBe("https://hooks.example/…");
  });

  test("that gets another address starts without its failures", async () => {
    const { ctx, made } = await scene();
    await db.webhook.update({ where: { id: made.id }, data: { failingSince: new Date() } });
    expect(await changeWebhook(ctx, { id: made.id, name: "Renamed" })).toMatchObject({ name: "Renamed", failingSince: expect.any(String) });
    expect(await changeWebhook(ctx, { id: made.id, url: "https://other.example/" })).toMatchObject({ failingSince: null });
  });

  test("is gone with its deliveries when it is deleted", async () => {
    const { ctx, made } = await scene();
    await deleteWebhook(ctx, made);
    await expectCode(getWebhook(ctx, made), "NOT_FOUND");
  });

  test("is one of twenty of a project at most", async () => {
    const { project, ctx } = await scene();
    const another = () => createWebhook(ctx, { projectId: project.id, name: "Hook", url: "https://hooks.example/" }, sealing);
    for (let count = 1; count < 20; count += 1) await another();
    await expectCode(another(), "CONFLICT");
  });
});
