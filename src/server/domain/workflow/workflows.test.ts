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
  sampleRecording,
  testContext,
} from "@/server/testing/factories";
import { addWorkflowVersion } from "./add-workflow-version.ts";
import { checkRecording } from "./check-recording.ts";
import { createWorkflow } from "./create-workflow.ts";
import { deleteWorkflow } from "./delete-workflow.ts";
import { getWorkflow, getWorkflowVersion, listWorkflows, listWorkflowVersions } from "./queries.ts";
import { renameWorkflow } from "./rename-workflow.ts";

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
  const project = await createProject(db);
  return { project, projectId: project.id, ctx: testContext(db, actorOf(project.owner)) };
}

const recording = JSON.stringify(sampleRecording);
const withInputs = JSON.stringify({
  title: "Sign in",
  inputs: { properties: { email: { type: "string" }, password: { type: "string", writeOnly: true } }, required: ["email"] },
  steps: [
    { type: "navigate", url: "https://example.com/" },
    { type: "change", selectors: ["aria/E-mail"], value: "{{inputs.email}}" },
  ],
});
const unknownStep = JSON.stringify({ title: "x", steps: [{ type: "navigate", url: "about:blank" }, { type: "teleport" }] });

describe("checking a recording", () => {
  test("it tells the steps as people read them and the inputs as JSON Schema", async () => {
    const { ctx } = await scene();
    expect(await checkRecording(ctx, { recording: withInputs })).toMatchObject({
      ok: true,
      title: "Sign in",
      steps: [
        { index: 0, type: "navigate", verb: "Open", target: "https://example.com/", detail: null },
        { index: 1, type: "change", verb: "Fill in", target: '"E-mail"' },
      ],
      inputSchema: { type: "object", required: ["email"], properties: { password: { writeOnly: true } } },
    });
  });

  test("it tells which step and field is wrong", async () => {
    const { ctx } = await scene();
    const checked = await checkRecording(ctx, { recording: unknownStep });
    expect(checked).toMatchObject({ ok: false, issues: [{ step: 1, field: "type" }] });
  });

  test("nobody in particular gets no answer", async () => {
    await expectCode(checkRecording(testContext(db, { kind: "anonymous" }), { recording }), "UNAUTHENTICATED");
  });
});

describe("creating a workflow", () => {
  test("the recording's title is its name unless another is given", async () => {
    const { ctx, projectId } = await scene();
    expect(await createWorkflow(ctx, { projectId, recording })).toMatchObject({ name: "Look at a page", latestVersion: 1, stepCount: 2 });
    expect(await createWorkflow(ctx, { projectId, recording, name: "Mine" })).toMatchObject({ name: "Mine" });
    const long = JSON.stringify({ ...sampleRecording, title: ` two\nlines ${"x".repeat(200)}` });
    expect((await createWorkflow(ctx, { projectId, recording: long })).name).toMatch(/^two lines x{70}$/);
    const nameless = JSON.stringify({ ...sampleRecording, title: " " });
    expect(await createWorkflow(ctx, { projectId, recording: nameless })).toMatchObject({ name: "Untitled workflow" });
  });

  test("inputs keep the order in which they were declared, which is the order of the form", async () => {
    const { ctx, projectId } = await scene();
    const properties = {
      zip: { type: "string" },
      a: { type: "string" },
      password: { type: "string", writeOnly: true },
      email: { type: "string" },
    };
    const created = await createWorkflow(ctx, {
      projectId,
      recording: JSON.stringify({ ...sampleRecording, inputs: { type: "object", properties } }),
    });
    const { inputSchema } = await getWorkflowVersion(ctx, { id: created.id });
    expect(Object.keys(inputSchema?.properties ?? {})).toEqual(["zip", "a", "password", "email"]);
  });

  test("a bad recording is refused with the issues, one that is too large as such, and nothing is kept", async () => {
    const { ctx, projectId } = await scene();
    const refusal = await expectCode(createWorkflow(ctx, { projectId, recording: unknownStep }), "RECORDING_INVALID");
    expect(refusal.details).toMatchObject({ issues: [{ step: 1, field: "type" }] });
    expect(refusal.userMessage).toMatch(/^Step 2/);
    await expectCode(createWorkflow(ctx, { projectId, recording: "not json" }), "RECORDING_INVALID");
    await expectCode(createWorkflow(ctx, { projectId, recording: " ".repeat(2_200_000) }), "RECORDING_TOO_LARGE");
    expect((await listWorkflows(ctx, { projectId, limit: 50 })).items).toEqual([]);
  });
});

describe("versions", () => {
  test("a change makes the next version and those before stay", async () => {
    const { ctx, projectId, project } = await scene();
    const workflow = await createWorkflow(ctx, { projectId, recording });
    const second = await addWorkflowVersion(ctx, { id: workflow.id, recording: withInputs });
    expect(second).toMatchObject({ number: 2, workflowId: workflow.id, createdBy: project.owner.name });
    expect((await listWorkflowVersions(ctx, workflow)).items.map(({ number }) => number)).toEqual([2, 1]);
    expect(await getWorkflowVersion(ctx, { id: workflow.id })).toMatchObject({ number: 2, inputSchema: { required: ["email"] } });
    expect(await getWorkflowVersion(ctx, { id: workflow.id, number: 1 })).toMatchObject({ recording: sampleRecording, inputSchema: null });
    await expectCode(getWorkflowVersion(ctx, { id: workflow.id, number: 3 }), "NOT_FOUND");
    expect(await getWorkflow(ctx, workflow)).toMatchObject({ latestVersion: 2 });
  });

  test("the same content in another order of keys is no new version", async () => {
    const { ctx, projectId } = await scene();
    const workflow = await createWorkflow(ctx, { projectId, recording });
    const { title, steps } = sampleRecording;
    const refusal = await expectCode(
      addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify({ steps, title }, null, 2) }),
      "WORKFLOW_UNCHANGED",
    );
    expect(refusal.details).toEqual({ version: 1 });
  });

  test("versions that are added at the same moment get numbers of their own", async () => {
    const { ctx, projectId } = await scene();
    const workflow = await createWorkflow(ctx, { projectId, recording });
    const added = await Promise.all(
      [1, 2, 3, 4].map((i) =>
        addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify({ ...sampleRecording, title: `v${i}` }) }),
      ),
    );
    expect(added.map(({ number }) => number).sort()).toEqual([2, 3, 4, 5]);
  });
});

describe("drafts", () => {
  test("a draft is nowhere the latest, can be asked for by its number, and is published as the very version that it was", async () => {
    const { ctx, projectId } = await scene();
    const workflow = await createWorkflow(ctx, { projectId, recording });
    const draft = await addWorkflowVersion(ctx, { id: workflow.id, recording: withInputs, draft: true });
    expect(draft).toMatchObject({ number: 2, draft: true });
    expect(await addWorkflowVersion(ctx, { id: workflow.id, recording: withInputs, draft: true })).toEqual(draft);
    expect(await getWorkflow(ctx, workflow)).toMatchObject({ latestVersion: 1, stepCount: 2 });
    expect(await getWorkflowVersion(ctx, { id: workflow.id })).toMatchObject({ number: 1 });
    expect(await getWorkflowVersion(ctx, { id: workflow.id, number: 2 })).toMatchObject({
      draft: true,
      inputSchema: { required: ["email"] },
    });
    expect((await listWorkflowVersions(ctx, workflow)).items).toHaveLength(1);
    expect(await addWorkflowVersion(ctx, { id: workflow.id, recording: withInputs })).toEqual({ ...draft, draft: false });
    expect(await getWorkflow(ctx, workflow)).toMatchObject({ latestVersion: 2 });
  });

  test("a draft that somebody went past is no version any more: the same content gets a number after the latest", async () => {
    const { ctx, projectId } = await scene();
    const workflow = await createWorkflow(ctx, { projectId, recording });
    await addWorkflowVersion(ctx, { id: workflow.id, recording: withInputs, draft: true });
    const other = JSON.stringify({ ...sampleRecording, title: "other" });
    expect(await addWorkflowVersion(ctx, { id: workflow.id, recording: other })).toMatchObject({ number: 3 });
    expect(await addWorkflowVersion(ctx, { id: workflow.id, recording: withInputs })).toMatchObject({ number: 4, draft: false });
    expect((await listWorkflowVersions(ctx, workflow)).items.map(({ number }) => number)).toEqual([4, 3, 1]);
  });

  test("a workflow whose first version is a draft is in no list until that is published", async () => {
    const { ctx, projectId } = await scene();
    const workflow = await createWorkflow(ctx, { projectId, recording, draft: true });
    expect((await listWorkflows(ctx, { projectId, limit: 5 })).items).toEqual([]);
    await expectCode(getWorkflowVersion(ctx, workflow), "NOT_FOUND");
    await addWorkflowVersion(ctx, { id: workflow.id, recording });
    expect((await listWorkflows(ctx, { projectId, limit: 5 })).items).toMatchObject([{ id: workflow.id, latestVersion: 1 }]);
  });

  test("what was made from an older version than the latest is refused when it says so", async () => {
    const { ctx, projectId } = await scene();
    const workflow = await createWorkflow(ctx, { projectId, recording });
    const { contentHash } = await getWorkflowVersion(ctx, workflow);
    const change = (title: string) => ({ id: workflow.id, recording: JSON.stringify({ ...sampleRecording, title }), basedOn: contentHash });
    expect(await addWorkflowVersion(ctx, change("first"))).toMatchObject({ number: 2 });
    const refusal = await expectCode(addWorkflowVersion(ctx, change("second")), "WORKFLOW_MOVED_ON");
    expect(refusal.details).toEqual({ version: 2 });
  });

  test("a draft tells what it was made from, and publishing it as that is refused when another was published since", async () => {
    const { ctx, projectId } = await scene();
    const workflow = await createWorkflow(ctx, { projectId, recording });
    const { contentHash: first } = await getWorkflowVersion(ctx, workflow);
    const [mine, other] = ["mine", "other"].map((title) => JSON.stringify({ ...sampleRecording, title })) as [string, string];
    await addWorkflowVersion(ctx, { id: workflow.id, recording: other, draft: true });
    const draft = await addWorkflowVersion(ctx, { id: workflow.id, recording: mine, draft: true });
    expect(draft).toMatchObject({ number: 3, basedOn: first });
    // the other draft has the lower number: the numbers alone do not tell
    const { contentHash: second } = await addWorkflowVersion(ctx, { id: workflow.id, recording: other });
    const publish = { id: workflow.id, recording: mine };
    await expectCode(addWorkflowVersion(ctx, { ...publish, basedOn: first }), "WORKFLOW_MOVED_ON");
    expect(await addWorkflowVersion(ctx, { ...publish, basedOn: second })).toMatchObject({ number: 3, draft: false, basedOn: second });
  });
});

test("a renamed workflow keeps its versions; a deleted one is gone for everybody but its runs", async () => {
  const { ctx, projectId } = await scene();
  const workflow = await createWorkflow(ctx, { projectId, recording });
  expect(await renameWorkflow(ctx, { id: workflow.id, name: "New" })).toMatchObject({ name: "New", latestVersion: 1 });
  await deleteWorkflow(ctx, workflow);
  await expectCode(getWorkflow(ctx, workflow), "NOT_FOUND");
  await expectCode(addWorkflowVersion(ctx, { id: workflow.id, recording }), "NOT_FOUND");
  await expectCode(deleteWorkflow(ctx, workflow), "NOT_FOUND");
});

test("a list tells the newest run over all versions, and pages newest first", async () => {
  const { ctx, projectId } = await scene();
  const runner = await createRunner(db, { projectId });
  const profile = await createProfile(db, { projectId, runnerId: runner.id });
  const workflow = await createWorkflow(ctx, { projectId, recording });
  const idle = await createWorkflow(ctx, { projectId, recording, name: "Idle" });
  await addWorkflowVersion(ctx, { id: workflow.id, recording: withInputs });
  const [second, first] = await db.workflowVersion.findMany({ where: { workflowId: workflow.id }, orderBy: { number: "desc" } });
  if (!first || !second) throw new Error("two versions are expected");
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
  await createRun(db, { projectId, runner, profile, workflow: { version: second }, state: "failed", createdAt: at(1) });
  await createRun(db, { projectId, runner, profile, workflow: { version: first }, state: "succeeded", createdAt: at(2) });
  const page = await listWorkflows(ctx, { projectId, limit: 1 });
  expect(page.items).toMatchObject([{ id: idle.id, lastRunState: null }]);
  const next = await listWorkflows(ctx, { projectId, limit: 1, cursor: page.nextCursor ?? "" });
  expect(next).toMatchObject({
    items: [{ id: workflow.id, lastRunState: "succeeded", lastRunAt: at(2).toISOString(), latestVersion: 2, stepCount: 2 }],
    nextCursor: null,
  });
});

test("a member may write workflows, and a member of another project does not learn of them", async () => {
  const { ctx, projectId } = await scene();
  const workflow = await createWorkflow(ctx, { projectId, recording });
  const member = testContext(db, actorOf(await addMember(db, projectId, "member")));
  expect(await renameWorkflow(member, { id: workflow.id, name: "Ours" })).toMatchObject({ name: "Ours" });
  const stranger = await scene();
  await expectCode(getWorkflow(stranger.ctx, workflow), "NOT_FOUND");
  await expectCode(listWorkflows(stranger.ctx, { projectId, limit: 5 }), "NOT_FOUND");
  await expectCode(listWorkflows(stranger.ctx, { limit: 5 }), "PROJECT_REQUIRED");
});

test("a step that runs another workflow is read with that workflow's name and version, also after it was renamed", async () => {
  const { projectId, ctx } = await scene();
  const called = await createWorkflow(ctx, { projectId, recording });
  const { contentHash: version } = await getWorkflowVersion(ctx, { id: called.id });
  const step = { type: "customStep", name: "deskhand.workflow", parameters: { workflowId: called.id, version } };
  const caller = await createWorkflow(ctx, { projectId, recording: JSON.stringify({ title: "Calls", steps: [step] }) });
  await renameWorkflow(ctx, { id: called.id, name: "Sign in everywhere" });
  const { steps } = await getWorkflowVersion(ctx, { id: caller.id });
  expect(steps).toMatchObject([{ verb: "Run workflow", target: "“Sign in everywhere”", detail: "version 1" }]);
});
