import type { AlertContent } from "@deskhand/shared/schemas/alert";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Context } from "@/server/context";
import { createDb, type Db } from "@/server/db";
import { changeState, holdCommand } from "@/server/domain/command/change-state";
import { startRuns } from "@/server/domain/run/start-runs";
import { revokeRunner } from "@/server/domain/runner/revoke-runner";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import {
  actorOf,
  addMember,
  createProfile,
  createProject,
  createRunner,
  createScene,
  createWebhookRow,
  testClock,
  testContext,
} from "@/server/testing/factories";
import { createAlertRule } from "./create-alert-rule.ts";
import { deleteAlertRule } from "./delete-alert-rule.ts";
import { listAlerts } from "./queries.ts";
import { raiseFailedDeployments } from "./raise-failed-deployments.ts";
import { watchRunners } from "./watch-runners.ts";

const minute = 60_000;
const where = { publicUrl: "https://desk.example.com" };
let database: TestDatabase;
let db: Db;
let clock: ReturnType<typeof testClock>;
let ctx: Context;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  // each test looks at all that there is
  await db.project.deleteMany({});
  await db.processSample.deleteMany({});
  clock = testClock();
  ctx = testContext(db, { kind: "system" }, clock);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

const alerts = () => db.alert.findMany({ orderBy: { id: "asc" }, include: { deliveries: true } });
const dataOf = (alert: { data: unknown } | undefined) => alert?.data as Extract<AlertContent, { type: "deployment.failed" }>["data"];

/** A deployment to so many profiles. `end` ends some of its runs that are not over. */
async function deploy(count: number) {
  const scene = await createScene(db);
  const { projectId, runner, workflow } = scene;
  const profiles = await Promise.all(Array.from({ length: count }, () => createProfile(db, { projectId, runnerId: runner.id })));
  const deployment = await db.deployment.create({
    data: { projectId, runnerId: runner.id, workflowVersionId: workflow.version.id, inputs: {}, requestHash: "", createdAt: clock.now() },
  });
  const target = { deployment, workflowId: workflow.id };
  const start = (profileIds: string[]) => db.$transaction((tx) => startRuns(tx, ctx, { ...target, profileIds }));
  await start(profiles.map(({ id }) => id));
  const end = async (many: number, to: "failed" | "expired" | "cancelled", failureCode = "SELECTOR_NOT_FOUND") => {
    const open = await db.command.findMany({ where: { projectId, state: "queued" }, orderBy: { position: "asc" }, take: many });
    await Promise.all(
      open.map(({ id }) =>
        db.$transaction(async (tx) => {
          const command = await holdCommand(tx, { id });
          if (command) await changeState(tx, ctx, command, { to, failureCode });
        }),
      ),
    );
  };
  const again = () => start([profiles[0]?.id ?? ""]);
  return { ...scene, deployment, end, again };
}

describe("a failed deployment", () => {
  test("of one run is told at once, with why and where", async () => {
    const { end, workflow, deployment } = await deploy(1);
    await end(1, "failed");
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
    const [alert] = await alerts();
    expect(dataOf(alert)).toMatchObject({
      deployment: { id: deployment.id },
      workflow: { id: workflow.id, version: 1 },
      runs: { total: 1, failed: 1, active: 0 },
      failures: [{ code: "SELECTOR_NOT_FOUND", count: 1 }],
    });
    expect(dataOf(alert).url).toMatch(/^https:\/\/desk\.example\.com\/dashboard\/runs\/[0-9a-f-]{36}$/);
    expect(await raiseFailedDeployments(ctx, where)).toBe(0);
  });

  test("of many runs is one alert with counts, when the last of them is over", async () => {
    const { end } = await deploy(40);
    await end(30, "failed");
    expect(await raiseFailedDeployments(ctx, where)).toBe(0);
    await end(5, "expired", "COMMAND_EXPIRED");
    await end(5, "cancelled", "CANCELLED");
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
    const [alert, ...more] = await alerts();
    expect(more).toEqual([]);
    expect(dataOf(alert)).toMatchObject({
      runs: { total: 40, failed: 30, expired: 5, cancelled: 5, succeeded: 0, active: 0 },
      failures: [
        { code: "SELECTOR_NOT_FOUND", count: 30 },
        { code: "COMMAND_EXPIRED", count: 5 },
      ],
    });
    expect(dataOf(alert).failedRuns).toHaveLength(10);
  });

  test("that goes on is told five minutes after its first failure, and once more at its end when more failed", async () => {
    const { end } = await deploy(6);
    await end(2, "failed");
    clock.advance(5 * minute);
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
    await end(2, "failed");
    clock.advance(60 * minute);
    expect(await raiseFailedDeployments(ctx, where)).toBe(0);
    await end(2, "failed");
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
    expect((await alerts()).map((alert) => dataOf(alert).runs)).toMatchObject([
      { failed: 2, active: 4 },
      { failed: 6, active: 0 },
    ]);
    expect(await db.failedDeployment.count()).toBe(0);
  });

  test("that was told early is not told again when nothing more failed", async () => {
    const { end } = await deploy(3);
    await end(1, "failed");
    clock.advance(5 * minute);
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
    await end(2, "cancelled", "CANCELLED");
    expect(await raiseFailedDeployments(ctx, where)).toBe(0);
    expect(await db.failedDeployment.count()).toBe(0);
  });

  test("that only was cancelled is no failure", async () => {
    const { end } = await deploy(2);
    await end(2, "cancelled", "CANCELLED");
    expect(await raiseFailedDeployments(ctx, where)).toBe(0);
  });

  test("whose run is started again and fails again is told again", async () => {
    const { end, again } = await deploy(1);
    await end(1, "failed");
    await raiseFailedDeployments(ctx, where);
    clock.advance(minute);
    await again();
    await end(1, "failed");
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
  });

  test("is one alert when several processes look at the same time", async () => {
    const { end } = await deploy(3);
    await end(3, "failed");
    const raised = await Promise.all(Array.from({ length: 4 }, () => raiseFailedDeployments(ctx, where)));
    expect(raised.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await alerts()).toHaveLength(1);
  });
});

describe("a schedule", () => {
  /** Its time comes for two profiles. */
  async function schedule() {
    const made = await deploy(0);
    const { projectId, runner, workflow } = made;
    const profiles = await Promise.all([1, 2].map(() => createProfile(db, { projectId, runnerId: runner.id })));
    const deploymentId = made.deployment.id;
    const deployment = await db.deployment.update({
      where: { id: deploymentId },
      data: { schedule: hourly, profileIds: profiles.map(({ id }) => id), scheduleInstalledAt: clock.now() },
    });
    const fire = async () => {
      const at = clock.now();
      const id = uuid();
      await db.scheduleFiring.create({ data: { id, deploymentId, dueAt: at, at, state: "fired", count: 1 } });
      const profileIds = profiles.map((profile) => profile.id);
      const runIds = await db.$transaction((tx) => startRuns(tx, ctx, { deployment, workflowId: workflow.id, profileIds }));
      await db.run.updateMany({ where: { id: { in: runIds } }, data: { firingId: id } });
      return runIds;
    };
    const succeed = () =>
      db.$transaction(async (tx) => {
        const open = await tx.command.findFirstOrThrow({ where: { projectId, state: "queued" }, orderBy: { position: "asc" } });
        const command = await holdCommand(tx, { id: open.id });
        // as its runner told, which knows since longer than the server
        const at = new Date(clock.now().getTime() - 10 * minute);
        for (const to of ["leased", "accepted", "succeeded"] as const) if (command) await changeState(tx, ctx, command, { to, at });
      });
    return { ...made, fire, succeed };
  }
  const hourly = { when: { kind: "every", minutes: 60 }, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };

  test("is told of by the runs of the times that failed, not by all that ever failed", async () => {
    const { fire, succeed, end, deployment } = await schedule();
    for (let hour = 0; hour < 3; hour += 1) {
      await fire();
      await end(2, "failed", "NAVIGATION_FAILED");
      expect(await raiseFailedDeployments(ctx, where)).toBe(1);
      clock.advance(60 * minute);
    }
    const runIds = await fire();
    await succeed();
    await end(1, "failed");
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
    const last = dataOf((await alerts()).at(-1));
    expect(last).toMatchObject({
      runs: { total: 2, succeeded: 1, failed: 1, active: 0 },
      failures: [{ code: "SELECTOR_NOT_FOUND", count: 1 }],
      url: `https://desk.example.com/dashboard/runs?deployment=${deployment.id}&state=failed`,
    });
    expect(last.failedRuns.map(({ id }) => id)).toEqual([runIds[1]]);
  });

  test("that has the next time under way when the last one failed is told of the last one alone", async () => {
    const { fire, end } = await schedule();
    await fire();
    await end(2, "failed");
    await fire();
    clock.advance(5 * minute);
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
    expect((await alerts()).map((alert) => dataOf(alert).runs)).toMatchObject([{ total: 2, failed: 2, active: 0 }]);
    await end(2, "failed");
    expect(await raiseFailedDeployments(ctx, where)).toBe(1);
    expect(dataOf((await alerts()).at(-1)).runs).toMatchObject({ total: 2, failed: 2 });
  });
});

describe("a rule", () => {
  test("names who is told, each once however many rules do, and only what it is about", async () => {
    const { end, projectId, owner } = await deploy(1);
    const asOwner = testContext(db, actorOf(owner), clock);
    const member = await addMember(db, projectId, "member");
    const webhook = await createWebhookRow(db, { projectId });
    const rule = { projectId, name: "Failures", events: ["deployment.failed" as const], memberIds: [member.id], webhookIds: [webhook.id] };
    await createAlertRule(asOwner, rule);
    await createAlertRule(asOwner, { ...rule, memberIds: [member.id, owner.id] });
    await createAlertRule(asOwner, { ...rule, events: ["runner.silent"], memberIds: [owner.id] });
    await end(1, "failed");
    await raiseFailedDeployments(ctx, where);
    const [alert] = await alerts();
    expect(alert?.deliveries.map(({ userId, webhookId }) => userId ?? webhookId).sort()).toEqual([member.id, owner.id, webhook.id].sort());
    expect((await listAlerts(asOwner, { projectId, limit: 50 })).items[0]?.deliveries).toHaveLength(3);
  });

  test("names nobody of another project", async () => {
    const [mine, other] = [await createProject(db), await createProject(db)];
    const asOwner = testContext(db, actorOf(mine.owner));
    const webhook = await createWebhookRow(db, { projectId: other.id });
    const rule = { projectId: mine.id, name: "Spy", events: ["runner.back" as const], memberIds: [], webhookIds: [] };
    await expectCode(createAlertRule(asOwner, { ...rule, webhookIds: [webhook.id] }), "NOT_FOUND");
    await expectCode(createAlertRule(asOwner, { ...rule, memberIds: [other.owner.id] }), "NOT_FOUND");
  });

  test("tells a person no more once they are no member, and nobody once it is deleted", async () => {
    const { end, again, projectId, owner } = await deploy(1);
    const asOwner = testContext(db, actorOf(owner), clock);
    const member = await addMember(db, projectId, "member");
    const events = ["deployment.failed" as const];
    const rule = await createAlertRule(asOwner, { projectId, name: "R", events, memberIds: [member.id, owner.id], webhookIds: [] });
    await db.member.delete({ where: { projectId_userId: { projectId, userId: member.id } } });
    await end(1, "failed");
    await raiseFailedDeployments(ctx, where);
    expect((await alerts())[0]?.deliveries.map(({ userId }) => userId)).toEqual([owner.id]);
    await deleteAlertRule(asOwner, rule);
    clock.advance(minute);
    await again();
    await end(1, "failed");
    await raiseFailedDeployments(ctx, where);
    expect((await alerts())[1]?.deliveries).toEqual([]);
  });
});

describe("a runner", () => {
  /** The server was there for the last minutes. */
  const listened = async (minutes = 6) => {
    const now = Math.floor(clock.now().getTime() / minute) * minute;
    const at = Array.from({ length: minutes }, (_, index) => new Date(now - (index + 1) * minute));
    await db.processSample.createMany({
      data: at.map((one) => ({ seconds: 60, at: one, processId: uuid(), data: {} })),
      skipDuplicates: true,
    });
  };
  const away = async (minutes: number, data: object = {}) => {
    const project = await createProject(db);
    const lastSeenAt = new Date(clock.now().getTime() - minutes * minute);
    const runner = await createRunner(db, { projectId: project.id, lastSeenAt, connectedAt: lastSeenAt, ...data });
    return { ...runner, owner: project.owner };
  };
  const types = async () => (await alerts()).map(({ type }) => type);

  test("that is away for longer than its project allows is told once, and once more when it is back", async () => {
    await listened();
    const { id } = await away(10);
    await away(9);
    const raised = await Promise.all([watchRunners(ctx, where), watchRunners(ctx, where)]);
    expect(raised[0] + raised[1]).toBe(1);
    clock.advance(minute / 2);
    expect(await watchRunners(ctx, where)).toBe(0);
    await db.runner.update({ where: { id }, data: { connectionId: "c", connectedAt: clock.now(), lastSeenAt: clock.now() } });
    expect(await watchRunners(ctx, where)).toBe(1);
    expect(await watchRunners(ctx, where)).toBe(0);
    expect(await types()).toEqual(["runner.silent", "runner.back"]);
  });

  test("is given the time that its project sets", async () => {
    await listened();
    const { projectId } = await away(29);
    await db.project.update({ where: { id: projectId }, data: { silentAfterMinutes: 30 } });
    expect(await watchRunners(ctx, where)).toBe(0);
    clock.advance(minute);
    await listened();
    expect(await watchRunners(ctx, where)).toBe(1);
  });

  test.each([
    ["said goodbye", { goodbyeAt: new Date() }],
    ["is paused", { policyPaused: true }],
    ["is in its quiet hours", { policyQuietUntil: new Date(Date.now() + 60 * minute) }],
    ["was in its quiet hours until a moment ago", { policyQuietUntil: new Date(Date.now() - minute) }],
    ["is disconnected for good", { status: "revoked" as const }],
    ["was never connected", { lastSeenAt: null }],
    ["left before anybody watched", { lastSeenAt: new Date(Date.now() - 72 * 60 * minute) }],
  ])("that %s is not missed", async (_why, data) => {
    await listened();
    await away(20, data);
    expect(await watchRunners(ctx, where)).toBe(0);
  });

  test("is not blamed for an absence of the server's own", async () => {
    await away(60);
    await listened(2);
    expect(await watchRunners(ctx, where)).toBe(0);
    await listened();
    expect(await watchRunners(ctx, where)).toBe(1);
  });

  test("that is disconnected for good while it is silent is not told to be back", async () => {
    await listened();
    const { id, owner } = await away(20);
    await watchRunners(ctx, where);
    await revokeRunner(testContext(db, actorOf(owner)), { id });
    await watchRunners(ctx, where);
    expect(await db.runner.findUniqueOrThrow({ where: { id } })).toMatchObject({ silentSince: null });
    expect(await types()).toEqual(["runner.silent"]);
  });
});
