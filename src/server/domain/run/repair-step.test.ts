import type { Recording } from "@deskhand/shared/schemas/recording";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { addWorkflowVersion } from "@/server/domain/workflow/add-workflow-version";
import { getWorkflowVersion } from "@/server/domain/workflow/queries";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createRun, createScene, createUser, createWorkflow, testContext } from "@/server/testing/factories";
import { repairStep } from "./repair-step.ts";

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

const recording: Recording = {
  title: "Sign in",
  steps: [
    { type: "navigate", url: "https://example.com/" },
    {
      type: "customStep",
      name: "deskhand.retry",
      parameters: { attempts: 2, steps: [{ type: "click", selectors: ["aria/Log in", ["#login"]], offsetX: 1, offsetY: 1 }] },
    },
  ],
};

async function failedRun() {
  const scene = await createScene(db, { recording });
  const { run } = await createRun(db, { ...scene, state: "failed" });
  return { ...scene, run, ctx: testContext(db, scene.actor) };
}

test("the chosen selector becomes the step's first in a new version, also inside of a block", async () => {
  const { ctx, run, workflow } = await failedRun();
  const version = await repairStep(ctx, { id: run.id, step: 2, selectors: ["aria/Sign in", "#login"] });
  expect(version).toMatchObject({ workflowId: workflow.id, number: 2 });
  const { recording: made } = await getWorkflowVersion(ctx, { id: workflow.id });
  expect((made as unknown as Recording).steps[1]).toMatchObject({
    parameters: { steps: [{ selectors: ["aria/Sign in", "#login", "aria/Log in", ["#login"]] }] },
  });
});

test("a step that looks for nothing, and one that was changed since, are not repaired", async () => {
  const { ctx, run, workflow } = await failedRun();
  await expectCode(repairStep(ctx, { id: run.id, step: 0, selectors: ["#a"] }), "NOT_FOUND");
  await expectCode(repairStep(ctx, { id: run.id, step: 9, selectors: ["#a"] }), "NOT_FOUND");
  const steps = [recording.steps[0], { type: "close" }, { type: "click", selectors: ["#other"], offsetX: 1, offsetY: 1 }];
  await addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify({ ...recording, steps }) });
  await expectCode(repairStep(ctx, { id: run.id, step: 2, selectors: ["#a"] }), "CONFLICT");
});

test("nobody repairs the workflow of another project", async () => {
  const { run } = await failedRun();
  const stranger = testContext(db, actorOf(await createUser(db)));
  await expectCode(repairStep(stranger, { id: run.id, step: 2, selectors: ["#a"] }), "NOT_FOUND");
});

test("a step of a called workflow is repaired there, and what calls it calls the new version", async () => {
  const scene = await createScene(db, { recording });
  const { projectId, workflow: called } = scene;
  const { contentHash: version } = called.version;
  const call = { type: "customStep", name: "deskhand.workflow", parameters: { workflowId: called.id, version } } as const;
  const caller = await createWorkflow(db, { projectId, recording: { title: "Calls", steps: [{ type: "close" }, call] } });
  const { run, deployment } = await createRun(db, { ...scene, workflow: caller, state: "failed" });
  await db.deployment.update({ where: { id: deployment.id }, data: { workflows: { [version]: recording } as object } });
  const ctx = testContext(db, scene.actor);
  // its own two steps are counted before the three of the called one
  const repaired = await repairStep(ctx, { id: run.id, step: 4, selectors: ["aria/Sign in"] });
  expect(repaired).toMatchObject({ workflowId: caller.id, number: 2 });
  const inner = await getWorkflowVersion(ctx, { id: called.id });
  expect(inner).toMatchObject({ number: 2 });
  expect((inner.recording as unknown as Recording).steps[1]).toMatchObject({
    parameters: { steps: [{ selectors: ["aria/Sign in", "aria/Log in", ["#login"]] }] },
  });
  const outer = await getWorkflowVersion(ctx, { id: caller.id });
  expect((outer.recording as unknown as Recording).steps).toMatchObject([
    { type: "close" },
    { parameters: { version: inner.contentHash } },
  ]);

  // the run called a version that is not the latest any more
  await expectCode(repairStep(ctx, { id: run.id, step: 4, selectors: ["#again"] }), "CONFLICT");
  expect(await getWorkflowVersion(ctx, { id: called.id })).toMatchObject({ number: 2 });
});
