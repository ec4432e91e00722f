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
  const { run, deployment } = await createRun(db, { ...scene, state: "failed" });
  return { ...scene, run, deployment, ctx: testContext(db, scene.actor) };
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

/** A failed run of a workflow that calls another, whose last step is in that. */
async function failedCall(options: { tests?: Recording["tests"]; callerTests?: Recording["tests"] } = {}) {
  const { tests, callerTests } = options;
  const scene = await createScene(db, { recording: { ...recording, ...(tests && { tests }) } });
  const { projectId, workflow: called } = scene;
  const { contentHash: version, content } = called.version;
  const call = { type: "customStep", name: "deskhand.workflow", parameters: { workflowId: called.id, version } } as const;
  const steps: Recording["steps"] = [{ type: "close" }, call];
  const caller = await createWorkflow(db, { projectId, recording: { title: "Calls", steps, ...(callerTests && { tests: callerTests }) } });
  const made = await createRun(db, { ...scene, workflow: caller, state: "failed" });
  await db.deployment.update({ where: { id: made.deployment.id }, data: { workflows: { [version]: content } as object } });
  return { ...scene, ...made, called, caller, ctx: testContext(db, scene.actor) };
}

test("a step of a called workflow is repaired there, and what calls it calls the new version", async () => {
  const { ctx, run, called, caller } = await failedCall();
  // its own two steps are counted before the three of the called one
  const repaired = await repairStep(ctx, { id: run.id, step: 4, selectors: ["aria/Sign in"] });
  expect(repaired).toMatchObject({
    workflowId: caller.id,
    number: 2,
    versions: [
      { workflowId: called.id, number: 2, draft: false },
      { workflowId: caller.id, number: 2, draft: false },
    ],
  });
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

test("when what calls it cannot get a new version, the called workflow gets none either", async () => {
  const { ctx, run, called, caller } = await failedCall();
  await db.workflow.update({ where: { id: caller.id }, data: { deletedAt: new Date() } });
  await expectCode(repairStep(ctx, { id: run.id, step: 4, selectors: ["aria/Sign in"] }), "NOT_FOUND");
  expect(await db.workflowVersion.count({ where: { workflowId: called.id } })).toBe(1);
});

const tests = [{ name: "Signs in", expect: {} }];

test("where there are tests, the repair is a draft until they have run; so is what calls that", async () => {
  const own = await failedCall({ callerTests: tests });
  expect(await repairStep(own.ctx, { id: own.run.id, step: 4, selectors: ["#a"] })).toMatchObject({
    draft: true,
    versions: [{ draft: false }, { draft: true }],
  });
  const { ctx, run, called, caller } = await failedCall({ tests });
  expect(await repairStep(ctx, { id: run.id, step: 4, selectors: ["#a"] })).toMatchObject({
    draft: true,
    versions: [
      { workflowId: called.id, draft: true },
      { workflowId: caller.id, draft: true },
    ],
  });
  expect(await getWorkflowVersion(ctx, { id: caller.id })).toMatchObject({ number: 1 });
});

test("a run of a draft is repaired in that draft, so that one repair does not undo the one before", async () => {
  const scene = await createScene(db, { recording: { ...recording, tests } });
  const ctx = testContext(db, scene.actor);
  const { workflow } = scene;
  const first = await createRun(db, { ...scene, state: "failed" });
  const { number } = await repairStep(ctx, { id: first.run.id, step: 2, selectors: ["#first"] });
  const version = await db.workflowVersion.findFirstOrThrow({ where: { workflowId: workflow.id, number } });
  const second = await createRun(db, { ...scene, workflow: { version }, state: "failed" });
  expect(await repairStep(ctx, { id: second.run.id, step: 2, selectors: ["#second"] })).toMatchObject({ number: 3, draft: true });
  const made = await getWorkflowVersion(ctx, { id: workflow.id, number: 3 });
  expect((made.recording as unknown as Recording).steps[1]).toMatchObject({
    parameters: { steps: [{ selectors: ["#second", "#first", "aria/Log in", ["#login"]] }] },
  });
  // somebody publishes another: the draft is not what comes after that
  await addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify({ ...recording, title: "Other" }) });
  await expectCode(repairStep(ctx, { id: second.run.id, step: 2, selectors: ["#third"] }), "WORKFLOW_MOVED_ON");
});

test("what runs an older version by itself is named", async () => {
  const { ctx, run, deployment, profile, workflow, runner } = await failedRun();
  const schedule = { when: { kind: "every", minutes: 60 }, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };
  await db.deployment.update({ where: { id: deployment.id }, data: { schedule, profileIds: [profile.id] } });
  const { schedules } = await repairStep(ctx, { id: run.id, step: 2, selectors: ["#a"] });
  const older = { deploymentId: deployment.id, workflowId: workflow.id, version: 1, newest: 2, runnerName: runner.name };
  expect(schedules).toMatchObject([older]);
});
