import type { Recording } from "@deskhand/shared/schemas/recording";
import { v7 as uuid } from "uuid";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { getRun } from "@/server/domain/run/queries";
import { holdTargets, startRuns } from "@/server/domain/run/start-runs";
import { getRunner } from "@/server/domain/runner/queries";
import { tightenRunner } from "@/server/domain/runner/tighten-runner";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { actorOf, addMember, createProfile, createRun, createWorkflow, testContext } from "@/server/testing/factories";
import { changePolicy, createRunnerFolder, type Runner, startRealRunner } from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

/** The policy of the real runner and the server's database, with the whole way between them; only the browser is not there. */

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let scene: Awaited<ReturnType<typeof createRealScene>>;
let runner: Runner;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  folder = await createRunnerFolder(server.url);
  scene = await createRealScene(db, folder);
  runner = startRealRunner(folder.home);
});
afterEach(async () => {
  await runner.stop();
  await server.close();
  folder.remove();
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

/** Asks for a run as this person does; the title says what the worker pretends. @returns its id */
async function ask(title: string, userId = scene.project.owner.id): Promise<string> {
  const recording: Recording = { title, steps: [{ type: "navigate", url: "about:blank" }] };
  const { projectId } = scene;
  const profile = await createProfile(db, { projectId, runnerId: scene.runner.id });
  const workflow = await createWorkflow(db, { projectId, recording });
  const { deployment } = await createRun(db, { ...scene, profile, workflow, state: "cancelled" });
  const ctx = testContext(db, actorOf({ id: userId }));
  const [id] = await db.$transaction(async (tx) => {
    await holdTargets(tx, { projectId, runnerId: scene.runner.id, profileIds: [profile.id] });
    return startRuns(tx, ctx, { deployment, workflowId: workflow.id, profileIds: [profile.id] });
  });
  if (!id) throw new Error("no run");
  return id;
}
const asOwner = () => testContext(db, scene.actor);
const until = (check: () => Promise<void>) => vi.waitFor(check);
const refusalsOf = async (id: string) => (await getRun(asOwner(), { id })).refusals;

test("what was refused in a run is on its page, with the rule and the count", async () => {
  const id = await ask("refused");
  await until(async () => {
    expect(await refusalsOf(id)).toMatchObject([{ kind: "host", rule: "nothing allows it", subject: "ads.example", count: 5 }]);
  });
});

test("a runner that is paused says so, and its runs wait until it goes on", async () => {
  changePolicy(folder.home, { paused: true });
  await until(async () => expect((await getRunner(asOwner(), scene.runner)).policy).toMatchObject({ paused: true, empty: true }));
  const id = await ask("look");
  await until(async () =>
    expect(await getRun(asOwner(), { id })).toMatchObject({ state: "accepted", runnerPaused: true, runnerOnline: true }),
  );
  changePolicy(folder.home, { paused: false });
  await until(async () => expect(await getRun(asOwner(), { id })).toMatchObject({ state: "succeeded", runnerPaused: false }));
});

test("a run that a member asked for whom the policy does not name is refused", async () => {
  const member = await addMember(db, scene.projectId, "member");
  changePolicy(folder.home, { members: [scene.project.owner.id] });
  const [allowed, refused] = [await ask("look"), await ask("look", member.id)];
  await until(async () => expect((await getRun(asOwner(), { id: refused })).failureCode).toBe("POLICY_DENIED"));
  await until(async () => expect(await refusalsOf(refused)).toMatchObject([{ kind: "member", subject: member.id, fatal: true }]));
  await until(async () => expect((await getRun(asOwner(), { id: allowed })).state).toBe("succeeded"));
});

test("the project can tighten a runner that is connected, and what would allow more is only recorded", async () => {
  const id = await ask("hang");
  await until(async () => expect((await getRun(asOwner(), { id })).state).toBe("running"));
  await tightenRunner(asOwner(), { id: scene.runner.id, deniedHosts: ["ads.example"], maxDownloadBytes: Number.MAX_SAFE_INTEGER });
  await until(async () => expect((await refusalsOf(id)).map(({ rule }) => rule)).toContain("deny ads.example by server"));
  await until(async () => {
    expect(await db.refusal.findMany({ where: { runnerId: scene.runner.id, runId: null } })).toMatchObject([
      { kind: "widening", subject: "maxDownloadBytes" },
    ]);
  });
});

test("the project can pause a runner and let it go on; of what was asked while it was away, the last holds", async () => {
  const pause = (paused: boolean) => tightenRunner(asOwner(), { id: scene.runner.id, deniedHosts: [], maxDownloadBytes: null, paused });
  await pause(true);
  const id = await ask("look");
  await until(async () => expect(await getRun(asOwner(), { id })).toMatchObject({ state: "accepted", runnerPausedByProject: true }));
  await pause(false);
  await until(async () => expect((await getRun(asOwner(), { id })).state).toBe("succeeded"));

  await runner.stop();
  for (const paused of [true, false, true, false]) await pause(paused);
  const later = await ask("look");
  runner = startRealRunner(folder.home);
  await until(async () => expect((await getRun(asOwner(), { id: later })).state).toBe("succeeded"));
  await runner.stop();
  await pause(true);
  const held = await ask("look");
  runner = startRealRunner(folder.home);
  await until(async () => expect((await getRun(asOwner(), { id: held })).state).toBe("accepted"));
});

test("a hint that was lost is made up for by the next report", async () => {
  await until(async () => expect((await getRunner(asOwner(), scene.runner)).policy).not.toBeNull());
  // written past the use case, so that nobody is told
  await db.runner.update({ where: { id: scene.runner.id }, data: { deniedHosts: ["silent.example"] } });
  changePolicy(folder.home, { members: [uuid(), scene.project.owner.id], paused: true });
  changePolicy(folder.home, { paused: false });
  await until(async () => {
    const id = await ask("policy");
    await until(async () => expect(await refusalsOf(id)).toHaveLength(1));
    expect(await refusalsOf(id)).toMatchObject([{ rule: "deny silent.example by server" }]);
  });
});
