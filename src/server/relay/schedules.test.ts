import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { pauseSchedule, removeSchedule } from "@/server/domain/deployment/change-schedule";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { getDeployment, listFirings } from "@/server/domain/deployment/queries";
import { renewSchedule } from "@/server/domain/deployment/renew-schedule";
import { addWorkflowVersion } from "@/server/domain/workflow/add-workflow-version";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile, createWorkflow, testContext } from "@/server/testing/factories";
import { createRunnerFolder, type Runner, startRealRunner } from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

/** Schedules between the server's database and the real runner; only the browser is not there. */

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let scene: Awaited<ReturnType<typeof createRealScene>>;
let runner: Runner | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  folder = await createRunnerFolder(server.url);
  scene = await createRealScene(db, folder);
});
afterEach(async () => {
  await runner?.stop();
  runner = undefined;
  await server.close();
  folder.remove();
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

const until = (check: () => Promise<void>) => vi.waitFor(check);
const ctx = () => testContext(db, scene.actor);
/** Far enough away for the runner to have it before on a busy machine. */
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** Deploys with a schedule on two profiles, and waits until the runner has it. */
async function deploy(schedule: Partial<Schedule> & Pick<Schedule, "when">, title = "look") {
  const { projectId } = scene;
  const runnerId = scene.runner.id;
  const profiles = await Promise.all([1, 2].map(() => createProfile(db, { projectId, runnerId })));
  const workflow = await createWorkflow(db, { projectId, recording: { title, steps: [{ type: "navigate", url: "about:blank" }] } });
  const made = await createDeployment(ctx(), {
    projectId,
    workflowId: workflow.id,
    runnerId,
    profileIds: profiles.map(({ id }) => id),
    inputs: {},
    schedule: { jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" }, ...schedule },
  });
  expect(made.runIds).toEqual([]);
  runner ??= startRealRunner(folder.home);
  await until(async () => expect((await getDeployment(ctx(), made)).schedule?.installedAt).not.toBeNull());
  return { id: made.id, workflowId: workflow.id, profileIds: profiles.map(({ id }) => id).sort() };
}
const firingsOf = async (id: string) => (await listFirings(ctx(), { id, limit: 50 })).items;
const runsOf = (deploymentId: string) =>
  db.run.findMany({ where: { deploymentId }, include: { command: { include: { transitions: true } } } });

test("its time comes and each of its profiles has a run, which is told as any run", async () => {
  const { id, profileIds } = await deploy({ when: { kind: "once", at: inSeconds(8) } });
  await until(async () => {
    const runs = await runsOf(id);
    expect(runs.map(({ profileId, state }) => `${profileId} ${state}`).sort()).toEqual(profileIds.map((one) => `${one} succeeded`));
  });
  const [run] = await runsOf(id);
  expect(run?.command?.transitions.map(({ to, reason }) => [to, reason])).toEqual([
    ["accepted", "SCHEDULED"],
    ["running", null],
    ["succeeded", null],
  ]);
  expect(await firingsOf(id)).toMatchObject([{ state: "fired", reason: null, count: 1, runIds: [expect.any(String), expect.any(String)] }]);
});

test("it fires while the server is away, and its history arrives later, once", async () => {
  const at = inSeconds(10);
  const { id } = await deploy({ when: { kind: "once", at } });
  const port = Number(new URL(server.url).port);
  await server.kill();
  await until(async () => expect(Date.now()).toBeGreaterThan(Date.parse(at) + 1_000));
  expect(await runsOf(id)).toEqual([]);
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000, port });
  await until(async () => expect((await runsOf(id)).map(({ state }) => state)).toEqual(["succeeded", "succeeded"]));
  expect(await firingsOf(id)).toHaveLength(1);
});

test("what was due while the runner was off is made up for as the schedule says, or told to be missed", async () => {
  const caughtUp = await deploy({ when: { kind: "once", at: inSeconds(30) }, missed: { policy: "run-once" } });
  const missed = await deploy({ when: { kind: "once", at: inSeconds(30) } });
  await runner?.stop();
  // two minutes later by its clock
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
  try {
    runner = startRealRunner(folder.home);
    await until(async () => expect(await firingsOf(caughtUp.id)).toMatchObject([{ state: "fired", reason: "CAUGHT_UP" }]));
    await until(async () => expect(await firingsOf(missed.id)).toMatchObject([{ state: "missed", reason: "RUNNER_OFF", runIds: [] }]));
  } finally {
    vi.useRealTimers();
  }
});

test("it runs when the runner's program starts, each time", async () => {
  const { id } = await deploy({ when: { kind: "start" } });
  await runner?.stop();
  runner = startRealRunner(folder.home);
  await until(async () => expect((await runsOf(id)).map(({ state }) => state)).toEqual(["succeeded", "succeeded"]));
});

test("one that is paused passes over what comes, and one that was removed is gone", async () => {
  const at = inSeconds(15);
  const paused = await deploy({ when: { kind: "once", at } });
  const removed = await deploy({ when: { kind: "once", at } });
  const other = await deploy({ when: { kind: "once", at } });
  expect(await pauseSchedule(ctx(), { id: paused.id, paused: true })).toMatchObject({
    schedule: { pausedAt: null, asked: { what: "pause" } },
  });
  expect(await removeSchedule(ctx(), { id: removed.id })).toMatchObject({ schedule: { removedAt: null, asked: { what: "remove" } } });
  await until(async () =>
    expect((await getDeployment(ctx(), paused)).schedule).toMatchObject({ pausedAt: expect.any(String), asked: null }),
  );
  await until(async () =>
    expect((await getDeployment(ctx(), removed)).schedule).toMatchObject({ removedAt: expect.any(String), asked: null }),
  );
  await until(async () => expect(await runsOf(other.id)).toHaveLength(2));
  expect([await runsOf(paused.id), await runsOf(removed.id)]).toEqual([[], []]);
  await pauseSchedule(ctx(), { id: paused.id, paused: false });
  await until(async () => expect(await firingsOf(paused.id)).toMatchObject([{ state: "skipped", reason: "PAUSED", count: 1, runIds: [] }]));
  expect((await getDeployment(ctx(), paused)).schedule).toMatchObject({ pausedAt: null, asked: null });
  expect(await runsOf(paused.id)).toEqual([]);
  await expectCode(pauseSchedule(ctx(), { id: removed.id, paused: true }), "NOT_FOUND");
});

test("a newer version takes the place of one that is paused, which ends when the runner has the newer one", async () => {
  const old = await deploy({ when: { kind: "every", minutes: 60 } });
  await pauseSchedule(ctx(), { id: old.id, paused: true });
  const recording = { title: "newer", steps: [{ type: "navigate", url: "about:blank" }] };
  await addWorkflowVersion(ctx(), { id: old.workflowId, recording: JSON.stringify(recording) });
  const { id } = await renewSchedule(ctx(), { id: old.id, inputs: {} });
  await until(async () => expect((await getDeployment(ctx(), old)).schedule).toMatchObject({ removedAt: expect.any(String), asked: null }));
  await until(async () =>
    expect((await getDeployment(ctx(), { id })).schedule).toMatchObject({
      installedAt: expect.any(String),
      pausedAt: expect.any(String),
      asked: null,
    }),
  );
});

test.each([
  { kind: "cron", cron: "61 * * * *", timeZone: "Europe/Berlin" },
  { kind: "cron", cron: "0 9 * * *", timeZone: "Mars/Olympus" },
  { kind: "once", at: "2020-01-01T00:00:00Z" },
] as const)("$kind $cron $at is refused before anything is made", async (when) => {
  await expectCode(deploy({ when }), "SCHEDULE_INVALID");
  expect(await db.deployment.count({ where: { projectId: scene.projectId } })).toBe(0);
});
