import type { ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { startRuns } from "@/server/domain/run/start-runs";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile, createScene, testClock, testContext } from "@/server/testing/factories";
import { cancelDeployment } from "./cancel-deployment.ts";
import { createDeployment } from "./create-deployment.ts";
import { pauseDeployment } from "./pause-deployment.ts";
import { getProgress, getResults, listDeployments } from "./progress.ts";
import { resumeDeployment } from "./resume-deployment.ts";
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

async function scene() {
  const made = await createScene(db, { online: true });
  const { projectId, runner, workflow } = made;
  const clock = testClock();
  const ctx = testContext(db, made.actor, clock);
  const profiles = (count: number) =>
    Promise.all(Array.from({ length: count }, () => createProfile(db, { projectId, runnerId: runner.id })));
  const deploy = async (count: number) => {
    const profileIds = (await profiles(count)).map(({ id }) => id);
    return createDeployment(ctx, { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds, inputs: {} });
  };
  /** Sends what may be sent, and says of which deployment each is. */
  const send = async (window: number) => {
    const { messages } = await leaseCommands(ctx, { runnerId: runner.id, connectionId: runner.connectionId ?? "", window });
    const runIds = messages.flatMap((message) => (message.kind === "run.start" ? [message.payload.runId] : []));
    const runs = new Map((await db.run.findMany({ where: { id: { in: runIds } } })).map((run) => [run.id, run]));
    return runIds.map((id) => runs.get(id));
  };
  const end = (deploymentId: string, state: "failed" | "succeeded") =>
    db.$transaction([
      db.command.updateMany({ where: { run: { deploymentId } }, data: { state, finishedAt: clock.now() } }),
      db.run.updateMany({ where: { deploymentId }, data: { state, finishedAt: clock.now() } }),
    ]);
  return { ...made, ctx, clock, profiles, deploy, send, end };
}

test("a deployment whose runs the runner begins by itself is not paused here: none of them waits here", async () => {
  const { ctx, projectId, runner, workflow, profile } = await scene();
  const deploy = (when: ScheduleWhen) =>
    createDeployment(ctx, {
      ...{ projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id], inputs: {} },
      schedule: { when, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } },
    });
  const every = await deploy({ kind: "every", minutes: 5 });
  await expectCode(pauseDeployment(ctx, { id: every.id }), "CONFLICT");
  expect(await getProgress(ctx, every)).toMatchObject({ pausedAt: null });
  const message = await deploy({ kind: "webhook", inputs: {}, perHour: 1 });
  await pauseDeployment(ctx, { id: message.id });
  expect(await getProgress(ctx, message)).toMatchObject({ pausedAt: expect.any(String) });
});

describe("the queue", () => {
  test("takes turns between deployments, so that many runs hold up nobody's one", async () => {
    const { deploy, send } = await scene();
    const many = await deploy(20);
    expect((await send(5)).every((run) => run?.deploymentId === many.id)).toBe(true);
    const [one, few] = [await deploy(1), await deploy(3)];
    const next = (await send(5 + 9)).map((run) => run?.deploymentId);
    expect(next.filter((id) => id === one.id)).toHaveLength(1);
    expect(next.filter((id) => id === few.id)).toHaveLength(3);
    expect(next.slice(0, 3)).toEqual([many.id, one.id, few.id]);
  });

  test("keeps the order on a profile, whatever the turns", async () => {
    const { ctx, projectId, runner, workflow, profiles, send } = await scene();
    const three = (await profiles(3)).map(({ id }) => id);
    const deploy = (profileIds: string[]) =>
      createDeployment(ctx, { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds, inputs: {} });
    const first = await deploy(three);
    const second = await deploy([three[2] ?? ""]);
    const sent = await send(10);
    const onThird = sent.filter((run) => run?.profileId === three[2]).map((run) => run?.deploymentId);
    expect(onThird).toEqual([first.id, second.id]);
  });

  test("tells each that waits its place among all that wait", async () => {
    const { ctx, deploy, send } = await scene();
    const many = await deploy(4);
    const one = await deploy(1);
    expect(await getResults(ctx, one)).toMatchObject({ items: [{ place: 2 }], waiting: 5 });
    await send(2);
    expect((await getResults(ctx, many)).items.map(({ place }) => place).sort()).toEqual([1, 2, 3, null]);
  });
});

describe("a deployment", () => {
  test("that is paused sends nothing more, and goes on where it was with the time that it lost", async () => {
    const { ctx, clock, deploy, send, projectId } = await scene();
    const { id } = await deploy(3);
    expect(await send(1)).toHaveLength(1);
    await pauseDeployment(ctx, { id });
    expect(await send(10)).toHaveLength(0);
    expect(await getProgress(ctx, { id })).toMatchObject({ pausedAt: clock.now().toISOString(), counts: { queued: 2, leased: 1 } });
    const other = await deploy(1);
    expect((await send(10)).map((run) => run?.deploymentId)).toEqual([other.id]);
    const [before] = await db.command.findMany({ where: { projectId, paused: true }, orderBy: { position: "asc" } });
    clock.advance(60_000);
    await resumeDeployment(ctx, { id });
    const after = await db.command.findUniqueOrThrow({ where: { id: before?.id ?? "" } });
    expect(after.deadlineAt.getTime() - (before?.deadlineAt.getTime() ?? 0)).toBe(60_000);
    expect((await send(10)).filter((run) => run?.deploymentId === id).length).toBeGreaterThanOrEqual(2);
  });

  test("is cancelled whole: what waits at once, what was sent when its runner says so", async () => {
    const { ctx, deploy, send } = await scene();
    const { id } = await deploy(3);
    await send(1);
    await cancelDeployment(ctx, { id });
    await cancelDeployment(ctx, { id });
    expect(await getProgress(ctx, { id })).toMatchObject({ profiles: 3, counts: { leased: 1, cancelled: 2, queued: 0 } });
    const { items } = await getResults(ctx, { id });
    expect(items.filter(({ cancelRequestedAt }) => cancelRequestedAt)).toHaveLength(3);
  });

  test("is tried again where it failed, with one row a profile, and without those that were deleted", async () => {
    const { ctx, deploy, end, projectId, runner } = await scene();
    const { id, runIds } = await deploy(3);
    expect(await retryDeployment(ctx, { id })).toEqual({ done: 0, refused: [] });
    await end(id, "failed");
    const succeeded = await db.run.update({ where: { id: runIds[0] ?? "" }, data: { state: "succeeded" } });
    const gone = await db.run.findUniqueOrThrow({ where: { id: runIds[1] ?? "" }, include: { profile: true } });
    await db.profile.update({ where: { id: gone.profileId }, data: { deletedAt: new Date() } });
    expect(await retryDeployment(ctx, { id })).toEqual({
      done: 1,
      refused: [{ id: gone.profileId, name: gone.profile.name, code: "NOT_FOUND" }],
    });
    const { items } = await getResults(ctx, { id });
    expect(items).toHaveLength(3);
    expect(items.find(({ runs }) => runs === 2)).toMatchObject({ state: "queued", place: 1 });
    expect(items.find(({ profileId }) => profileId === succeeded.profileId)).toMatchObject({ runs: 1, state: "succeeded" });
    expect(await listDeployments(ctx, { projectId, runnerId: runner.id, limit: 10 })).toMatchObject({
      items: [{ id, profiles: 3, counts: { succeeded: 1, failed: 1, queued: 1 } }],
    });
  });

  test("that is paused has what is tried again wait too", async () => {
    const { ctx, deploy, end, send } = await scene();
    const { id } = await deploy(1);
    await end(id, "failed");
    await pauseDeployment(ctx, { id });
    await retryDeployment(ctx, { id });
    expect(await send(10)).toHaveLength(0);
  });
});

test("deployments are listed by what begins them, a page after the other", async () => {
  const { ctx, clock, projectId, runner, workflow, deploy } = await scene();
  const base = { projectId, runnerId: runner.id, workflowVersionId: workflow.version.id, inputs: {}, requestHash: "x" };
  const begun = async (when: ScheduleWhen) => {
    const schedule = { when, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
    return (await db.deployment.create({ data: { ...base, createdAt: clock.now(), schedule } })).id;
  };
  const { id: once } = await deploy(1);
  const scheduled = [await begun({ kind: "every", minutes: 5 }), await begun({ kind: "cron", cron: "0 3 * * *", timeZone: "UTC" })];
  const triggered = await begun({ kind: "start" });
  const ids = async (kind: "once" | "scheduled" | "triggered") =>
    (await listDeployments(ctx, { projectId, kind, limit: 10 })).items.map(({ id }) => id);
  expect(await ids("once")).toEqual([once]);
  expect((await ids("scheduled")).toSorted()).toEqual(scheduled.toSorted());
  expect(await ids("triggered")).toEqual([triggered]);
  const first = await listDeployments(ctx, { projectId, kind: "scheduled", limit: 1 });
  const second = await listDeployments(ctx, { projectId, kind: "scheduled", limit: 1, cursor: first.nextCursor ?? "" });
  expect([...first.items, ...second.items].map(({ id }) => id).toSorted()).toEqual(scheduled.toSorted());
  expect(second.nextCursor).toBeNull();
});

test("a run that is asked for marks when its profile was used last, also by two at once in another order", async () => {
  const { ctx, clock, projectId, runner, workflow, profiles } = await scene();
  const ids = (await profiles(20)).map(({ id }) => id);
  const base = { projectId, runnerId: runner.id, workflowVersionId: workflow.version.id };
  const deployment = await db.deployment.create({ data: { ...base, inputs: {}, requestHash: "x", createdAt: clock.now() } });
  const start = (profileIds: string[]) => db.$transaction((tx) => startRuns(tx, ctx, { deployment, workflowId: workflow.id, profileIds }));
  await Promise.all([start(ids), start(ids.toReversed()), start(ids)]);
  expect(await db.profile.count({ where: { id: { in: ids }, lastRunAt: clock.now() } })).toBe(20);
});
