import type { Schedule, ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import { workflowScheduled } from "@deskhand/shared/schemas/workflow";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { removeSchedule } from "@/server/domain/deployment/change-schedule";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { deleteProfile } from "@/server/domain/profile/delete-profile";
import { deleteProfiles } from "@/server/domain/profile/delete-profiles";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createScene, testContext } from "@/server/testing/factories";
import { deleteWorkflow } from "./delete-workflow.ts";

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
  const { projectId, workflow, runner, profile } = made;
  const ctx = testContext(db, made.actor);
  const target = { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id], inputs: {} };
  const deploy = (when: ScheduleWhen) => {
    const schedule: Schedule = { when, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
    return createDeployment(ctx, { ...target, schedule });
  };
  return { ...made, ctx, deploy };
}

test("a workflow is not deleted while something may begin it, which is named, and is once that has ended", async () => {
  const { ctx, projectId, runner, profile, workflow, deploy } = await scene();
  const every = await deploy({ kind: "every", minutes: 5 });
  const message = await deploy({ kind: "webhook", inputs: {}, perHour: 1 });
  const once = await deploy({ kind: "once", at: new Date(Date.now() + 60_000).toISOString() });
  const refused = await deploy({ kind: "every", minutes: 5 });
  const at = new Date();
  await db.deployment.update({ where: { id: refused.id }, data: { scheduleFailureCode: "POLICY_DENIED" } });
  await db.scheduleFiring.create({ data: { id: once.id, deploymentId: once.id, dueAt: at, at, state: "fired", count: 1 } });

  const refusal = await expectCode(deleteWorkflow(ctx, workflow), "WORKFLOW_SCHEDULED");
  expect(workflowScheduled.parse(refusal.details)).toMatchObject({
    count: 2,
    schedules: [
      { deploymentId: message.id, schedule: { when: { kind: "webhook" } }, runnerName: runner.name },
      { deploymentId: every.id, schedule: { when: { kind: "every" } } },
    ],
  });
  await expectCode(deleteProfile(ctx, { id: profile.id }), "PROFILE_SCHEDULED");
  expect(await deleteProfiles(ctx, { projectId, ids: [profile.id] })).toMatchObject({ done: 0, refused: [{ code: "PROFILE_SCHEDULED" }] });
  // asked to end it has not ended
  await removeSchedule(ctx, { id: every.id });
  expect((await expectCode(deleteWorkflow(ctx, workflow), "WORKFLOW_SCHEDULED")).details).toMatchObject({ count: 2 });
  await db.deployment.updateMany({ where: { id: { in: [every.id, message.id] } }, data: { scheduleRemovedAt: at } });
  await deleteProfile(ctx, { id: profile.id });
  await deleteWorkflow(ctx, workflow);
  await expectCode(deploy({ kind: "start" }), "NOT_FOUND");
});

test("a workflow of a runner that is not the project's any more is deleted: nobody can end what begins it there", async () => {
  const { ctx, runner, workflow, deploy } = await scene();
  await deploy({ kind: "start" });
  await db.runner.update({ where: { id: runner.id }, data: { status: "revoked" } });
  await deleteWorkflow(ctx, workflow);
});
