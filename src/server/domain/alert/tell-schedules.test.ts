import type { AlertEvent } from "@deskhand/shared/schemas/alert";
import { alertSentence, alertTitle } from "@deskhand/shared/schemas/alert-words";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { finishCommand } from "@/server/domain/command/finish-command";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { sweepCommands } from "@/server/domain/command/sweep-commands";
import { pauseSchedule, removeSchedule } from "@/server/domain/deployment/change-schedule";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { recordFirings } from "@/server/domain/deployment/record-firings";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createScene, createWebhookRow, testClock, testContext } from "@/server/testing/factories";
import { createAlertRule } from "./create-alert-rule.ts";
import { mailFor } from "./mail.ts";
import { listAlerts } from "./queries.ts";
import { tellEvents } from "./tell-events.ts";

const where = { publicUrl: "https://desk.example.com" };
const hour = 3_600_000;
const hourly: Schedule = { when: { kind: "every", minutes: 60 }, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => void (await db.project.deleteMany({})));
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

async function scene(...events: AlertEvent[]) {
  const made = await createScene(db, { online: true });
  const { projectId, workflow, runner, profile } = made;
  const clock = testClock();
  const ctx = testContext(db, made.actor, clock);
  const webhook = await createWebhookRow(db, { projectId });
  if (events.length > 0) await createAlertRule(ctx, { projectId, name: "Feed", events, memberIds: [], webhookIds: [webhook.id] });
  const { id } = await createDeployment(ctx, {
    ...{ projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id] },
    ...{ inputs: {}, schedule: hourly },
  });
  const answer = async (state: "succeeded" | "failed", failureCode: string | null) => {
    const { messages } = await leaseCommands(ctx, { runnerId: runner.id, connectionId: runner.connectionId ?? "" });
    for (const message of messages) await finishCommand(ctx, { runnerId: runner.id, commandId: message.id, state, failureCode });
  };
  const contents = async () => (await listAlerts(ctx, { projectId, limit: 50 })).items.map(({ content }) => content);
  return { ...made, clock, ctx, id, answer, contents };
}

test("times that a runner missed are told, several in a row as one, and once however often the runner says so", async () => {
  const { ctx, clock, id, runner, workflow, contents, projectId } = await scene("schedule.missed");
  const now = clock.now().getTime();
  const common = { deploymentId: id, at: now, runs: [] };
  const firings = [
    { ...common, id: uuid(), dueAt: now - 8 * hour, state: "missed" as const, reason: "RUNNER_ASLEEP" as const, count: 8 },
    { ...common, id: uuid(), dueAt: now - hour, state: "skipped" as const, reason: "PAUSED" as const, count: 1 },
  ];
  const report = () => recordFirings(ctx, { runnerId: runner.id, firings, clockOffsetMs: 0 });
  await report();
  expect(await tellEvents(ctx, where)).toBe(1);
  await report();
  expect(await tellEvents(ctx, where)).toBe(0);
  const [content, ...more] = await contents();
  expect(more).toEqual([]);
  expect(content).toMatchObject({
    type: "schedule.missed",
    data: {
      deployment: { id },
      firing: { id: firings[0]?.id, dueAt: new Date(now - 8 * hour).toISOString(), count: 8, reason: "RUNNER_ASLEEP" },
      url: `https://desk.example.com/dashboard/deployments/${id}`,
    },
  });
  if (!content) throw new Error("nothing was told");
  expect(alertTitle(content)).toBe(`${workflow.name} missed 8 times`);
  expect(mailFor(content).text).toContain(`did not run on ${runner.name} 8 times from`);
  expect(await db.alert.findMany({ select: { cause: true } })).toEqual([{ cause: `schedule.missed:${firings[0]?.id}` }]);
  expect(await db.delivery.count({ where: { projectId } })).toBe(1);
});

test("a schedule that its runner does not take is told with why, also where no rule asks for it", async () => {
  const { ctx, id, answer, contents, workflow } = await scene();
  await answer("failed", "TASK_INVALID");
  expect(await tellEvents(ctx, where)).toBe(1);
  const [content] = await contents();
  expect(content).toMatchObject({
    type: "schedule.refused",
    data: { deployment: { id }, order: { what: "install" }, code: "TASK_INVALID" },
  });
  expect(content && alertTitle(content)).toBe(`The schedule of ${workflow.name} was not taken by its runner`);
});

test("an order that its runner never heard of is told, and not one that somebody has asked anew", async () => {
  const { ctx, clock, id, answer, contents } = await scene("schedule.refused");
  await answer("succeeded", null);
  await pauseSchedule(ctx, { id, paused: true });
  await removeSchedule(ctx, { id });
  expect(await tellEvents(ctx, where)).toBe(0);
  clock.advance(366 * 24 * hour);
  await sweepCommands(ctx);
  expect(await tellEvents(ctx, where)).toBe(1);
  const [content, ...more] = await contents();
  expect(more).toEqual([]);
  expect(content).toMatchObject({ type: "schedule.refused", data: { order: { what: "remove" }, code: "COMMAND_EXPIRED" } });
  expect(content && alertSentence(content)).toContain("has not ended. The runner did not hear of it");
});
