import type { AlertContent } from "@deskhand/shared/schemas/alert";
import { Webhook } from "standardwebhooks";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createMailer } from "@/server/clients/mailer";
import { postWebhook } from "@/server/clients/webhook";
import { createDb, type Db } from "@/server/db";
import { raiseAlert } from "@/server/domain/alert/raise-alert";
import { changeWebhook } from "@/server/domain/webhook/change-webhook";
import { rotateWebhookSecret } from "@/server/domain/webhook/rotate-webhook-secret";
import { testWebhook } from "@/server/domain/webhook/test-webhook";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, addMember, createProject, createWebhookRow, testClock, testContext, testSecret } from "@/server/testing/factories";
import { startMailServer } from "@/server/testing/mail-server";
import { startReceiver } from "@/server/testing/webhook-receiver";
import { getDelivery, listDeliveries } from "./queries.ts";
import { replayDelivery } from "./replay-delivery.ts";
import { replayFailed } from "./replay-failed.ts";
import { type Means, sendDueDeliveries } from "./send-due-deliveries.ts";

const hour = 60 * 60_000;
let database: TestDatabase;
let db: Db;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let mails: Awaited<ReturnType<typeof startMailServer>>;
let means: Means;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  mails = await startMailServer();
  const mailer = createMailer({ SMTP_URL: mails.url, MAIL_FROM: "alerts@example.com" });
  means = { publicUrl: "https://desk.example.com", authSecret: testSecret, allowPrivate: true, mailer, postWebhook };
});
beforeEach(async () => {
  await receiver?.close();
  receiver = await startReceiver();
});
afterAll(async () => {
  means.mailer?.close();
  await Promise.all([receiver.close(), mails.close()]);
  await db.$disconnect();
  await database.drop();
});

/** A project with a webhook to the receiver, at a time that the test moves. */
async function scene() {
  const clock = testClock();
  const project = await createProject(db);
  const ctx = testContext(db, actorOf(project.owner), clock);
  const webhook = await createWebhookRow(db, { projectId: project.id, url: receiver.url });
  const system = { ...ctx, actor: { kind: "system" as const } };
  const send = (more: Partial<Means> = {}) => sendDueDeliveries(system, { ...means, ...more });
  const raise = (to = { webhookIds: [webhook.id], userIds: [] as string[] }) => {
    const content: AlertContent = {
      type: "runner.silent",
      data: {
        project: { id: project.id, name: project.name },
        runner: { id: uuid(), name: "Studio" },
        lastSeenAt: clock.now().toISOString(),
        waitingRuns: 1,
        url: "https://desk.example.com/",
      },
    };
    return db.$transaction((tx) => raiseAlert(tx, system, { projectId: project.id, cause: uuid(), content, to }));
  };
  const only = () => db.delivery.findFirstOrThrow({ where: { projectId: project.id }, include: { log: { orderBy: { number: "asc" } } } });
  return { clock, project, ctx, webhook, send, raise, only };
}

describe("a webhook", () => {
  test("gets a message that the library of Standard Webhooks verifies, under an id that is the alert's", async () => {
    const { webhook, send, raise, only } = await scene();
    const alertId = await raise();
    expect(await send()).toBe(1);
    const [message] = receiver.received;
    const verified = new Webhook(webhook.secret).verify(message?.body ?? "", message?.headers as Record<string, string>);
    expect(verified).toMatchObject({ type: "runner.silent", data: { runner: { name: "Studio" }, waitingRuns: 1 } });
    expect(message?.headers["webhook-id"]).toBe(`msg_${alertId}`);
    expect(await only()).toMatchObject({
      state: "delivered",
      attempts: 1,
      log: [{ number: 1, status: 200, problem: null, answer: "thank you" }],
    });
    expect(await send()).toBe(0);
  });

  test("is verified with the old secret and the new one for a day after the secret was replaced, and with the new one alone after", async () => {
    const { clock, ctx, webhook, send, raise } = await scene();
    const { secret } = await rotateWebhookSecret(ctx, webhook, { authSecret: testSecret });
    expect(secret).toMatch(/^whsec_/);
    const verifies = async (with_: string) => {
      const { headers = {}, body = "" } = receiver.received.at(-1) ?? {};
      try {
        new Webhook(with_).verify(body, headers as Record<string, string>);
        return true;
      } catch (error) {
        // the library compares with the real time, which the test does not move
        return /too (old|new)/i.test(String(error))
          ? String((headers as Record<string, string>)["webhook-signature"]).split(" ").length
          : false;
      }
    };
    await raise();
    await send();
    expect([await verifies(secret), await verifies(webhook.secret)]).toEqual([true, true]);
    clock.advance(24 * hour);
    await raise();
    await send();
    expect(await verifies(secret)).toBe(1);
  });

  test("that fails is tried again for a day, less and less often, and then given up", async () => {
    const { clock, send, raise, only } = await scene();
    receiver.answers({ status: 500, body: "broken" });
    await raise();
    const began = clock.now().getTime();
    const waits: number[] = [];
    for (let delivery = await only(); delivery.state === "pending"; delivery = await only()) {
      waits.push((delivery.dueAt?.getTime() ?? 0) - clock.now().getTime());
      clock.advance(waits.at(-1) ?? 0);
      expect(await send()).toBe(1);
    }
    expect(await only()).toMatchObject({ state: "failed", problem: "status", attempts: 11 });
    expect(waits.slice(1)).toEqual(waits.slice(1).toSorted((a, b) => a - b));
    expect(clock.now().getTime() - began).toBeGreaterThan(18 * hour);
    expect(clock.now().getTime() - began).toBeLessThanOrEqual(24 * hour);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(receiver.received).toHaveLength(11);
  });

  test("that is back gets it with the next try, and counts as well again", async () => {
    const { clock, webhook, send, raise, only } = await scene();
    receiver.answers("cut");
    await raise();
    await send();
    expect(await only()).toMatchObject({ state: "pending", problem: "refused" });
    expect((await db.webhook.findUniqueOrThrow({ where: { id: webhook.id } })).failingSince).toEqual(clock.now());
    receiver.answers({ status: 204 });
    clock.advance(10_000);
    await send();
    expect(await only()).toMatchObject({ state: "delivered", problem: null, attempts: 2 });
    expect((await db.webhook.findUniqueOrThrow({ where: { id: webhook.id } })).failingSince).toBeNull();
  });

  test("that has failed for three days is disabled, what waits for it is given up, and the owner is told", async () => {
    const { clock, project, webhook, send, raise } = await scene();
    receiver.answers({ status: 500 });
    for (let day = 0; day <= 3; day += 1) {
      await raise();
      await send();
      clock.advance(24 * hour);
    }
    const row = await db.webhook.findUniqueOrThrow({ where: { id: webhook.id } });
    expect(row).toMatchObject({ disabledReason: "failing" });
    expect(await db.delivery.count({ where: { webhookId: webhook.id, state: "pending" } })).toBe(0);
    await send();
    const told = mails.mails.filter(({ to }) => to[0] === project.owner.email);
    expect(told).toHaveLength(1);
    expect(told[0]?.text).toMatch(/was disabled/);
  });

  test("that answers 410 is disabled at once, and gets nothing more", async () => {
    const { webhook, send, raise } = await scene();
    receiver.answers({ status: 410 });
    await raise();
    await send();
    expect(await db.webhook.findUniqueOrThrow({ where: { id: webhook.id } })).toMatchObject({ disabledReason: "gone" });
    await raise();
    expect(await db.delivery.count({ where: { webhookId: webhook.id } })).toBe(1);
  });

  test("that asks to wait is not asked again before", async () => {
    const { clock, send, raise, only } = await scene();
    receiver.answers({ status: 503, headers: { "retry-after": "600" } });
    await raise();
    await send();
    expect((await only()).dueAt).toEqual(new Date(clock.now().getTime() + 600_000));
  });

  test("whose secret was sealed with another AUTH_SECRET fails with that reason, and sends nothing", async () => {
    const { send, raise, only } = await scene();
    await raise();
    await send({ authSecret: "another secret that is long enough" });
    expect(await only()).toMatchObject({ state: "failed", problem: "secret" });
    expect(receiver.received).toHaveLength(0);
  });
});

describe("deliveries", () => {
  test("go out once each when several processes send at the same time", async () => {
    const { send, raise } = await scene();
    await Promise.all(Array.from({ length: 20 }, () => raise()));
    const attempts = await Promise.all([send(), send(), send()]);
    expect(attempts.reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(20);
    expect(receiver.received).toHaveLength(20);
  });

  test("are made again when the process that made them died, with the same id", async () => {
    const { clock, send, raise, only } = await scene();
    await raise();
    const dies = () => Promise.reject(new Error("killed"));
    await expect(send({ postWebhook: dies })).rejects.toThrow("killed");
    expect(await send()).toBe(0);
    clock.advance(60_000);
    expect(await send()).toBe(1);
    expect(await only()).toMatchObject({ state: "delivered", attempts: 2 });
  });

  test("to a receiver that hangs do not hold up those to another", async () => {
    const first = await scene();
    const other = await startReceiver();
    const quick = await createWebhookRow(db, { projectId: first.project.id, url: other.url });
    receiver.answers("hang");
    for (let count = 0; count < 6; count += 1) await first.raise();
    await first.raise({ webhookIds: [quick.id], userIds: [] });
    const slow: typeof postWebhook = (post) => postWebhook({ ...post, timeoutMs: post.url === other.url ? 5_000 : 300 });
    await first.send({ postWebhook: slow });
    expect(other.received).toHaveLength(1);
    expect(await db.delivery.count({ where: { webhookId: first.webhook.id, problem: "timeout" } })).toBe(6);
    await other.close();
  });

  test("that failed are sent again when somebody asks, one or all since a time, under the same id", async () => {
    const { clock, ctx, webhook, send, raise } = await scene();
    receiver.answers({ status: 400 });
    const since = clock.now().toISOString();
    for (let count = 0; count < 3; count += 1) await raise();
    await send();
    await db.delivery.updateMany({ where: { webhookId: webhook.id }, data: { state: "failed", dueAt: null } });
    const { items } = await listDeliveries(ctx, { id: webhook.id, state: "failed", limit: 50 });
    receiver.answers({ status: 200 });
    const before = receiver.received.length;
    const replayed = await replayDelivery(ctx, items[0] as { id: string });
    expect(replayed).toMatchObject({ state: "pending", attempts: 1 });
    await send();
    expect(receiver.received).toHaveLength(before + 1);
    expect(receiver.received.at(-1)?.headers["webhook-id"]).toBe(replayed.messageId);
    expect(receiver.received.at(-1)?.body).toBe(replayed.body);
    expect(await replayFailed(ctx, { id: webhook.id, since })).toEqual({ count: 2 });
    await send();
    expect(receiver.received).toHaveLength(before + 3);
    expect((await listDeliveries(ctx, { id: webhook.id, state: "delivered", limit: 50 })).items).toHaveLength(3);
  });

  test("that arrived are sent again as well", async () => {
    const { ctx, send, raise, only } = await scene();
    await raise();
    await send();
    await replayDelivery(ctx, await only());
    await send();
    expect(await only()).toMatchObject({ state: "delivered", attempts: 2 });
    expect(receiver.received).toHaveLength(2);
  });

  test("a disabled webhook is neither tested nor sent anything again before it is enabled", async () => {
    const { ctx, webhook, send, raise, only } = await scene();
    await raise();
    await changeWebhook(ctx, { id: webhook.id, enabled: false });
    expect(await only()).toMatchObject({ state: "failed", problem: "disabled" });
    await expectCode(testWebhook(ctx, webhook, means), "CONFLICT");
    await expectCode(replayDelivery(ctx, await only()), "CONFLICT");
    await changeWebhook(ctx, { id: webhook.id, enabled: true });
    await replayDelivery(ctx, await only());
    await send();
    expect(receiver.received).toHaveLength(1);
  });

  test("what a receiver answered, and the path of its address, are for who may manage alerts", async () => {
    const { project, ctx, send, raise, only } = await scene();
    await raise();
    await send();
    const member = testContext(db, actorOf(await addMember(db, project.id, "member")));
    expect((await getDelivery(ctx, await only())).log[0]?.answer).toBe("thank you");
    expect((await getDelivery(member, await only())).log[0]?.answer).toBeNull();
  });
});

describe("mail", () => {
  test("goes to the member with words of what happened, and once a delivery", async () => {
    const { project, send, raise, only } = await scene();
    await raise({ webhookIds: [], userIds: [project.owner.id] });
    await send();
    const [mail] = mails.mails.filter(({ to }) => to[0] === project.owner.email);
    expect(mail?.text).toMatch(/Studio has gone silent/);
    expect(mail?.text).toMatch(/1 run waits for it/);
    expect(await only()).toMatchObject({ state: "delivered", log: [{ status: 250 }] });
  });

  test("without a mail server the delivery says so, and can be sent again when there is one", async () => {
    const { ctx, project, send, raise, only } = await scene();
    await raise({ webhookIds: [], userIds: [project.owner.id] });
    await send({ mailer: undefined });
    expect(await only()).toMatchObject({ state: "failed", problem: "mail-not-set-up" });
    await replayDelivery(ctx, await only());
    await send();
    expect(await only()).toMatchObject({ state: "delivered" });
  });

  test("of more than 30 in an hour to one person the rest is not sent, and says so", async () => {
    const { project, send, raise } = await scene();
    await Promise.all(Array.from({ length: 32 }, () => raise({ webhookIds: [], userIds: [project.owner.id] })));
    await send();
    const states = await db.delivery.groupBy({ by: ["problem"], where: { projectId: project.id }, _count: { _all: true } });
    expect(Object.fromEntries(states.map(({ problem, _count }) => [String(problem), _count._all]))).toEqual({
      null: 30,
      "mail-too-many": 2,
    });
  });
});
