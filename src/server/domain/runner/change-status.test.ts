import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import {
  actorOf,
  addMember,
  createProfile,
  createProject,
  createRun,
  createRunner,
  createScene,
  testContext,
} from "@/server/testing/factories";
import { acceptRunner } from "./accept-runner.ts";
import { getRunner, listRunners } from "./queries.ts";
import { rejectRunner } from "./reject-runner.ts";
import { renameRunner } from "./rename-runner.ts";
import { revokeRunner } from "./revoke-runner.ts";

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

async function pending() {
  const project = await createProject(db);
  const runner = await createRunner(db, { projectId: project.id, status: "pending", acceptedAt: null });
  return { project, runner, ctx: testContext(db, actorOf(project.owner)) };
}

describe("accepting", () => {
  test("a pending runner becomes accepted, and accepting it again changes nothing", async () => {
    const { ctx, runner } = await pending();
    expect(await acceptRunner(ctx, runner)).toMatchObject({ status: "accepted" });
    const { acceptedAt } = await db.runner.findUniqueOrThrow({ where: { id: runner.id } });
    expect(await acceptRunner(ctx, runner)).toMatchObject({ status: "accepted" });
    expect(await db.runner.findUniqueOrThrow({ where: { id: runner.id } })).toMatchObject({ acceptedAt });
  });

  test("one that was rejected, disconnected or locked has to be paired again", async () => {
    const { ctx, project } = await pending();
    for (const status of ["rejected", "revoked", "locked"] as const) {
      const runner = await createRunner(db, { projectId: project.id, status });
      expect((await expectCode(acceptRunner(ctx, runner), "CONFLICT")).details).toEqual({ status });
    }
  });

  test("a member may not, and a stranger does not learn that the runner exists", async () => {
    const { project, runner } = await pending();
    const member = await addMember(db, project.id, "member");
    const stranger = await createProject(db);
    await expectCode(acceptRunner(testContext(db, actorOf(member)), runner), "FORBIDDEN");
    await expectCode(acceptRunner(testContext(db, actorOf(stranger.owner)), runner), "NOT_FOUND");
    await expectCode(acceptRunner(testContext(db, actorOf(stranger.owner)), { id: uuid() }), "NOT_FOUND");
  });
});

test("a rejected runner cannot be accepted later, and an accepted one cannot be rejected", async () => {
  const { ctx, runner, project } = await pending();
  expect(await rejectRunner(ctx, runner)).toMatchObject({ status: "rejected" });
  const accepted = await createRunner(db, { projectId: project.id });
  await expectCode(rejectRunner(ctx, accepted), "CONFLICT");
});

describe("disconnecting", () => {
  test("what it was to do has failed with the reason; what was over stays as it was", async () => {
    const scene = await createScene(db);
    const ctx = testContext(db, scene.actor);
    const queued = await createRun(db, scene);
    const running = await createRun(db, { ...scene, state: "running" });
    const over = await createRun(db, { ...scene, state: "succeeded" });
    expect(await revokeRunner(ctx, scene.runner)).toMatchObject({ status: "revoked", online: false, activeRunCount: 0 });
    for (const { run, command } of [queued, running]) {
      expect(await db.run.findUnique({ where: { id: run.id } })).toMatchObject({ state: "failed", failureCode: "RUNNER_REVOKED" });
      expect(await db.command.findUnique({ where: { id: command.id } })).toMatchObject({ state: "failed" });
    }
    expect(await db.run.findUnique({ where: { id: over.run.id } })).toMatchObject({ state: "succeeded" });
    expect(await revokeRunner(ctx, scene.runner)).toMatchObject({ status: "revoked" });
  });
});

describe("the list of runners", () => {
  test("it counts profiles and runs that are not over, and leaves out who was turned away", async () => {
    const scene = await createScene(db, { online: true });
    const { projectId, runner } = scene;
    await createProfile(db, { projectId, runnerId: runner.id, deletedAt: new Date() });
    await createRun(db, scene);
    await createRun(db, { ...scene, state: "running" });
    await createRun(db, { ...scene, state: "succeeded" });
    const rejected = await createRunner(db, { projectId, status: "rejected" });
    const ctx = testContext(db, scene.actor);
    const { items } = await listRunners(ctx, { projectId });
    expect(items).toMatchObject([{ id: runner.id, online: true, profileCount: 1, activeRunCount: 2 }]);
    expect(await getRunner(ctx, runner)).toEqual(items[0]);
    expect((await listRunners(ctx, { projectId, status: "rejected" })).items).toMatchObject([{ id: rejected.id }]);
  });
});

test("a runner cannot take the name of another one, whatever its case", async () => {
  const { ctx, project, runner } = await pending();
  await createRunner(db, { projectId: project.id, name: "Office" });
  await expectCode(renameRunner(ctx, { id: runner.id, name: "OFFICE" }), "NAME_TAKEN");
  expect(await renameRunner(ctx, { id: runner.id, name: "Kitchen" })).toMatchObject({ name: "Kitchen" });
  expect(await renameRunner(ctx, { id: runner.id, name: "kitchen" })).toMatchObject({ name: "kitchen" });
});
