import type { Recording } from "@deskhand/shared/schemas/recording";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProject, createScene, createWorkflow, testContext } from "@/server/testing/factories";
import { createDeployment } from "./create-deployment.ts";

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

const runs = (title: string, workflow: { id: string; version: { contentHash: string } }): Recording => ({
  title,
  steps: [
    {
      type: "customStep",
      name: "deskhand.loop",
      parameters: {
        over: { kind: "times", times: 2 },
        steps: [
          { type: "customStep", name: "deskhand.workflow", parameters: { workflowId: workflow.id, version: workflow.version.contentHash } },
        ],
      },
    },
  ],
});

async function deployed(recordingOf: (projectId: string) => Promise<Recording>) {
  const made = await createScene(db);
  const { projectId, runner, profile } = made;
  const outer = await createWorkflow(db, { projectId, recording: await recordingOf(projectId) });
  const ctx = testContext(db, made.actor);
  const input = { projectId, workflowId: outer.id, runnerId: runner.id, profileIds: [profile.id], inputs: {} };
  return { ...made, ctx, input };
}

test("a deployment carries the workflows that its workflow runs, and those that these run, as they were", async () => {
  const inner: { id: string; version: { contentHash: string } }[] = [];
  const { ctx, input, runner } = await deployed(async (projectId) => {
    const innermost = await createWorkflow(db, { projectId });
    const middle = await createWorkflow(db, { projectId, recording: runs("middle", innermost) });
    inner.push(innermost, middle);
    return runs("outer", middle);
  });
  await createDeployment(ctx, input);
  const connectionId = uuid();
  await db.runner.update({ where: { id: runner.id }, data: { connectionId } });
  const { messages } = await leaseCommands(testContext(db), { runnerId: runner.id, connectionId });
  const payload = messages[0]?.payload as { workflows: Record<string, { title: string }> };
  const hashes = inner.map(({ version }) => version.contentHash);
  expect(Object.keys(payload.workflows).sort()).toEqual(hashes.toSorted());
});

test("a workflow of another project, or one that never was so, is not deployed with", async () => {
  const elsewhere = await createWorkflow(db, { projectId: (await createProject(db)).id });
  const foreign = await deployed(async () => runs("outer", elsewhere));
  await expectCode(createDeployment(foreign.ctx, foreign.input), "NOT_FOUND");
  const other = await deployed(async (projectId) => {
    const own = await createWorkflow(db, { projectId });
    return runs("outer", { id: own.id, version: { contentHash: "0".repeat(64) } });
  });
  await expectCode(createDeployment(other.ctx, other.input), "NOT_FOUND");
});
