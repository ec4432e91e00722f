import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { deleteProfile } from "@/server/domain/profile/delete-profile";
import { AppError } from "@/server/errors";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createProject, createRun, createScene, testContext } from "@/server/testing/factories";
import { cancelRun } from "./cancel-run.ts";
import { getRun, listRuns } from "./queries.ts";
import { readRunLog } from "./read-run-log.ts";
import { rerunRun } from "./rerun-run.ts";

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
  const made = await createScene(db);
  return { ...made, ctx: testContext(db, made.actor) };
}

describe("the list of runs", () => {
  test("it is narrowed by state, workflow, deployment, profile and runner", async () => {
    const made = await scene();
    const { ctx, projectId, workflow, profile, runner } = made;
    const other = await createScene(db);
    const ids: Record<string, string> = {};
    for (const state of ["queued", "running", "succeeded", "failed"] as const)
      ids[state] = (await createRun(db, { ...made, state })).run.id;
    const { deploymentId } = await db.run.findUniqueOrThrow({ where: { id: ids.failed ?? "" } });
    const list = async (filter: object) => (await listRuns(ctx, { projectId, limit: 50, ...filter })).items.map(({ id }) => id).sort();
    expect(await list({})).toEqual(Object.values(ids).sort());
    expect(await list({ state: "active" })).toEqual([ids.queued, ids.running].sort());
    expect(await list({ state: "failed" })).toEqual([ids.failed]);
    expect(await list({ workflowId: workflow.id, profileId: profile.id, runnerId: runner.id })).toHaveLength(4);
    expect(await list({ deploymentId })).toContain(ids.failed);
    expect(await list({ deploymentId: other.profile.id })).toEqual([]);
    expect(await list({ workflowId: other.workflow.id })).toEqual([]);
    expect(await list({ profileId: other.profile.id })).toEqual([]);
  });

  test("each names its workflow, version, runner and profile", async () => {
    const made = await scene();
    await createRun(db, made);
    const { items } = await listRuns(made.ctx, { projectId: made.projectId, limit: 5 });
    expect(items).toMatchObject([
      { workflowName: made.workflow.name, version: 1, runnerName: made.runner.name, runnerOnline: false, profileName: made.profile.name },
    ]);
  });
});

describe("a run", () => {
  test("it shows every step of its version with what has become of it", async () => {
    const made = await scene();
    const { run } = await createRun(db, { ...made, state: "running" });
    await db.runStep.create({ data: { runId: run.id, index: 0, state: "succeeded", startedAt: new Date(), durationMs: 12 } });
    const shown = await getRun(made.ctx, run);
    expect(shown.steps).toMatchObject([
      { index: 0, verb: "Open", state: "succeeded", durationMs: 12 },
      { index: 1, verb: "Wait for", state: "pending", startedAt: null },
    ]);
    expect(shown.artifacts).toEqual([]);
  });

  test("a member of another project does not learn of it", async () => {
    const made = await scene();
    const { run } = await createRun(db, made);
    const stranger = testContext(db, actorOf((await createProject(db)).owner));
    for (const act of [getRun, cancelRun, rerunRun]) await expectCode(act(stranger, run), "NOT_FOUND");
  });
});

describe("cancelling", () => {
  test("a run that was never sent is cancelled at once", async () => {
    const made = await scene();
    const { run } = await createRun(db, made);
    expect(await cancelRun(made.ctx, run)).toMatchObject({ state: "cancelled", failureCode: "CANCELLED" });
    await expectCode(cancelRun(made.ctx, run), "RUN_FINISHED");
  });

  test("a run under way goes on until its runner confirms; asking twice changes nothing", async () => {
    const made = await scene();
    const { run } = await createRun(db, { ...made, state: "running" });
    const first = await cancelRun(made.ctx, run);
    expect(first.state).toBe("running");
    expect(first.cancelRequestedAt).not.toBeNull();
    expect(await cancelRun(made.ctx, run)).toEqual(first);
  });
});

describe("running again", () => {
  test("a finished run gets a successor of the same version, inputs and profile", async () => {
    const made = await scene();
    const { run, deployment, command } = await createRun(db, { ...made, state: "failed" });
    const again = await rerunRun(made.ctx, run);
    expect(again).toMatchObject({ state: "queued", deploymentId: deployment.id, profileId: made.profile.id, version: 1 });
    expect(again.id).not.toBe(run.id);
    const next = await db.command.findUniqueOrThrow({ where: { runId: again.id } });
    const requestedBy = { userId: "userId" in made.ctx.actor ? made.ctx.actor.userId : null };
    expect(next.payload).toEqual({ ...(command.payload as object), runId: again.id, requestedBy });
  });

  test("a run that is not over, and one whose profile is gone, have none", async () => {
    const made = await scene();
    const { run: active } = await createRun(db, { ...made, state: "running" });
    await expectCode(rerunRun(made.ctx, active), "RUN_NOT_FINISHED");
    const gone = await scene();
    const { run } = await createRun(db, { ...gone, state: "succeeded" });
    await deleteProfile(gone.ctx, gone.profile);
    await expectCode(rerunRun(gone.ctx, run), "NOT_FOUND");
  });
});

describe("the log", () => {
  test("it is asked of the run's runner, and only for those who may read", async () => {
    const made = await scene();
    const { run } = await createRun(db, made);
    const line = { seq: 3, at: new Date().toISOString(), step: 0, level: "info" as const, message: "opened" };
    const asked: unknown[] = [];
    const link = {
      async readLog(runnerId: string, request: { runId: string; after: number }) {
        asked.push({ runnerId, ...request });
        return { lines: [line], more: false };
      },
    };
    expect(await readRunLog(made.ctx, { id: run.id, after: 2 }, link)).toEqual({ lines: [line], more: false });
    expect(asked).toEqual([{ runnerId: made.runner.id, runId: run.id, after: 2 }]);
    const stranger = testContext(db, actorOf((await createProject(db)).owner));
    await expectCode(readRunLog(stranger, { id: run.id, after: 0 }, link), "NOT_FOUND");
    expect(asked).toHaveLength(1);
    await expectCode(readRunLog(made.ctx, { id: run.id, after: 0 }, undefined), "RUNNER_OFFLINE");
  });

  test("a run that was cancelled before it began has none, which is not the same as one that is gone", async () => {
    const made = await scene();
    const link = {
      async readLog(): Promise<never> {
        throw new AppError("ARTIFACT_GONE");
      },
    };
    const { run } = await createRun(db, { ...made, state: "cancelled" });
    await db.run.update({ where: { id: run.id }, data: { startedAt: null } });
    expect(await readRunLog(made.ctx, { id: run.id, after: 0 }, link)).toEqual({ lines: [], more: false });
    await db.run.update({ where: { id: run.id }, data: { startedAt: new Date() } });
    await expectCode(readRunLog(made.ctx, { id: run.id, after: 0 }, link), "ARTIFACT_GONE");
  });
});
