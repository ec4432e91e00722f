import { type Standing, standingOf, standings } from "@deskhand/shared/schedule/standing";
import { type DeploymentSchedule, listDeploymentsInput } from "@deskhand/shared/schemas/deployment";
import type { ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import type { Prisma } from "@/server/generated/prisma/client";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createScene, testContext } from "@/server/testing/factories";
import { createDeployment } from "./create-deployment.ts";
import { listDeployments } from "./progress.ts";

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

test("schedules are found by how they stand, page by page, and what ran once is not among them", async () => {
  const made = await createScene(db);
  const { projectId, workflow, runner, profile } = made;
  const ctx = testContext(db, made.actor);
  const now = ctx.clock.now();
  const before = new Date(now.getTime() - 60_000);
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id], inputs: {} };
  const scheduled = async (data: Prisma.DeploymentUpdateInput, when: ScheduleWhen = { kind: "every", minutes: 60 }, jitterSeconds = 0) => {
    const schedule = { when, jitterSeconds, overlap: "queue" as const, missed: { policy: "skip" as const } };
    const { id } = await createDeployment(ctx, {
      ...asked,
      schedule: { ...schedule, when: { kind: "every", minutes: 60 }, jitterSeconds: 0 },
    });
    await db.deployment.update({ where: { id }, data: { schedule, ...data } });
    return id;
  };
  const installed = { scheduleInstalledAt: before };
  const order = (scheduleOrder: string, scheduleOrderFailure: string | null = null) => ({
    ...installed,
    ...{ scheduleOrder, scheduleOrderedAt: before, scheduleOrderFailure },
  });
  const at: ScheduleWhen = { kind: "once", at: before.toISOString() };
  const wanted: [Standing, string][] = [
    ["installing", await scheduled({})],
    ["active", await scheduled(installed)],
    ["active", await scheduled(order("pause", "COMMAND_EXPIRED"))],
    ["active", await scheduled(installed, at, 3600)],
    ["active", await scheduled(installed, { kind: "start" })],
    ["pausing", await scheduled(order("pause"))],
    ["resuming", await scheduled({ ...order("resume"), schedulePausedAt: before })],
    ["ending", await scheduled(order("remove"))],
    ["paused", await scheduled({ ...installed, schedulePausedAt: before })],
    ["failed", await scheduled({ scheduleFailureCode: "COMMAND_EXPIRED" })],
    ["done", await scheduled(installed, at)],
    ["ended", await scheduled({ ...order("remove"), scheduleRemovedAt: now })],
  ];
  const once = await createDeployment(ctx, asked);

  const all = async (filter: object) => {
    const items: { id: string; schedule: DeploymentSchedule | null }[] = [];
    let cursor: string | undefined;
    do {
      const page = await listDeployments(ctx, listDeploymentsInput.parse({ projectId, limit: 2, cursor, ...filter }));
      items.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return items;
  };
  const idsOf = async (filter: object) => (await all(filter)).map(({ id }) => id);
  for (const state of standings) {
    const found = await all({ state });
    expect(new Set(found.map(({ id }) => id)), state).toEqual(new Set(wanted.flatMap(([each, id]) => (each === state ? [id] : []))));
    for (const { schedule } of found) expect(schedule && standingOf(schedule, now.getTime())).toBe(state);
  }
  const newestFirst = wanted.map(([, id]) => id).reverse();
  expect(await idsOf({ state: "current" })).toEqual(newestFirst.slice(2));
  const here = { workflowId: workflow.id, runnerId: runner.id };
  const triggered = await idsOf({ kind: "triggered", ...here });
  expect(triggered).toEqual([wanted[4]?.[1]]);
  expect(await idsOf({ kind: "scheduled", ...here })).toEqual(newestFirst.filter((id) => !triggered.includes(id)));
  expect(await idsOf({ kind: "once" })).toEqual([once.id]);
  expect(await idsOf({})).toEqual([once.id, ...newestFirst]);
  expect(await idsOf({ kind: "once", state: "active" })).toEqual([]);
});
