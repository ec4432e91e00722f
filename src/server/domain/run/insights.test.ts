import type { CommandState } from "@deskhand/shared/schemas/run";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createProject, createRun, createScene, createWorkflow, testContext } from "@/server/testing/factories";
import { readRunInsights } from "./insights.ts";

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

const clock = { now: () => new Date("2026-03-10T12:00:00.000Z") };
const asked = { days: 7, timeZone: "UTC" };

async function scene() {
  const made = await createScene(db);
  const ctx = { ...testContext(db, made.actor), clock };
  const ran = async (at: string, state: CommandState, seconds = 1, workflow = made.workflow) => {
    const createdAt = new Date(at);
    const { run } = await createRun(db, { ...made, workflow, state, createdAt });
    await db.run.update({
      where: { id: run.id },
      data: { startedAt: createdAt, finishedAt: new Date(createdAt.getTime() + seconds * 1000) },
    });
  };
  return { ...made, ctx, ran };
}

test("ends are counted by workflow and day, and durations of what succeeded by day", async () => {
  const { ctx, projectId, ran, workflow } = await scene();
  const other = await createWorkflow(db, { projectId });
  for (const seconds of [1, 2, 3, 4, 5]) await ran("2026-03-09T10:00:00.000Z", "succeeded", seconds);
  await ran("2026-03-09T11:00:00.000Z", "failed", 500);
  await ran("2026-03-09T11:00:00.000Z", "expired", 500, other);
  await ran("2026-03-10T01:00:00.000Z", "running");
  await ran("2026-03-03T23:59:00.000Z", "succeeded");
  const insights = await readRunInsights(ctx, { ...asked, projectId });
  expect([insights.from, insights.to]).toEqual(["2026-03-04", "2026-03-10"]);
  expect(insights.days).toEqual([{ day: "2026-03-09", succeeded: 5, failed: 1, other: 1, p50: 3000, p95: 4800 }]);
  expect(insights.cells).toHaveLength(2);
  expect(insights.cells).toContainEqual(expect.objectContaining({ workflowId: workflow.id, succeeded: 5, failed: 1, other: 0 }));
  const one = await readRunInsights(ctx, { ...asked, projectId, workflowId: other.id });
  expect(one.days).toEqual([{ day: "2026-03-09", succeeded: 0, failed: 0, other: 1, p50: null, p95: null }]);
});

test("a day is a day where the asker is", async () => {
  const { ctx, projectId, ran } = await scene();
  await ran("2026-03-09T23:30:00.000Z", "succeeded");
  const days = async (timeZone: string) => (await readRunInsights(ctx, { ...asked, projectId, timeZone })).days.map(({ day }) => day);
  expect(await days("UTC")).toEqual(["2026-03-09"]);
  expect(await days("Europe/Berlin")).toEqual(["2026-03-10"]);
  expect(await days("America/New_York")).toEqual(["2026-03-09"]);
});

test("nobody sees those of another project", async () => {
  const { projectId, ran } = await scene();
  await ran("2026-03-09T10:00:00.000Z", "succeeded");
  const stranger = await createProject(db);
  const ctx = { ...testContext(db, actorOf(stranger.owner)), clock };
  await expectCode(readRunInsights(ctx, { ...asked, projectId }), "NOT_FOUND");
  expect((await readRunInsights(ctx, { ...asked, projectId: stranger.id })).cells).toEqual([]);
});

test("an index by project and time is what is read", async () => {
  const plan = await db.$transaction(async (tx) => {
    // a table of a few rows is read as a whole otherwise
    await tx.$executeRaw`set local enable_seqscan = off`;
    return tx.$queryRaw<{ "QUERY PLAN": string }[]>`
      explain select count(*) from "Run" where "projectId" = gen_random_uuid() and "createdAt" >= now() - interval '30 days'
        and "state" in ('succeeded', 'failed', 'cancelled', 'expired')`;
  });
  expect(plan.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(/Run_projectId_(state_)?createdAt_idx/);
});
