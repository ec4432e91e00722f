import type { Recording } from "@deskhand/shared/schemas/recording";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createRun, createScene, createWorkflow, testContext } from "@/server/testing/factories";
import { getRun } from "./queries.ts";

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

/** A run whose second step runs a workflow of two steps. */
async function scene() {
  const made = await createScene(db);
  const { projectId } = made;
  const called: Recording = {
    title: "Sign in",
    steps: [
      { type: "navigate", url: "https://example.com" },
      { type: "click", selectors: ["#in"], offsetX: 1, offsetY: 1 },
    ],
  };
  const inner = await createWorkflow(db, { projectId, recording: called });
  const { contentHash: version } = inner.version;
  const workflow = await createWorkflow(db, {
    projectId,
    recording: {
      title: "Outer",
      steps: [
        { type: "navigate", url: "https://example.com" },
        { type: "customStep", name: "deskhand.workflow", parameters: { workflowId: inner.id, version } },
      ],
    },
  });
  const { run, deployment } = await createRun(db, { ...made, workflow, state: "succeeded" });
  await db.deployment.update({ where: { id: deployment.id }, data: { workflows: { [version]: called } as object } });
  const tell = (index: number, state = "succeeded") =>
    db.runStep.create({ data: { runId: run.id, index, state, startedAt: new Date(), durationMs: 5 } });
  const steps = async () => (await getRun(testContext(db, made.actor), { id: run.id })).steps;
  return { tell, steps, inner };
}

test("a run's steps are its own, then those of the workflow that one of them runs, each with what became of it", async () => {
  const { tell, steps } = await scene();
  for (const index of [0, 1, 2]) await tell(index);
  await tell(3, "failed");
  expect(
    (await steps()).map(({ index, number, caller, depth, verb, target, state }) => [index, number, caller, depth, verb, target, state]),
  ).toEqual([
    [0, "1", null, 0, "Open", "https://example.com", "succeeded"],
    [1, "2", null, 0, "Run workflow", "“Sign in”", "succeeded"],
    [2, "2.1", 1, 1, "Open", "https://example.com", "succeeded"],
    [3, "2.2", 1, 1, "Click", "#in", "failed"],
  ]);
});

test("steps of a called workflow that a runner did not tell of do not seem to have been left out", async () => {
  const { tell, steps } = await scene();
  expect((await steps()).map(({ number }) => number)).toEqual(["1", "2", "2.1", "2.2"]);
  for (const index of [0, 1]) await tell(index);
  expect((await steps()).map(({ number }) => number)).toEqual(["1", "2"]);
});

test("the step that runs a workflow says which version that was, until it is deleted", async () => {
  const { steps, inner } = await scene();
  const called = async () => (await steps()).map((step) => step.called);
  expect(await called()).toEqual([null, { workflowId: inner.id, version: 1 }, null, null]);
  await db.workflow.update({ where: { id: inner.id }, data: { deletedAt: new Date() } });
  expect(await called()).toEqual([null, null, null, null]);
});
