import type { InputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { addWorkflowVersion } from "@/server/domain/workflow/add-workflow-version";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createProfile, createScene, createUser, testContext } from "@/server/testing/factories";
import { pauseSchedule, removeSchedule } from "./change-schedule.ts";
import { createDeployment } from "./create-deployment.ts";
import { listOlderSchedules } from "./older-schedules.ts";
import { renewSchedule } from "./renew-schedule.ts";

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
  title: "Check an order",
  inputs: {
    properties: { order: { type: "string" }, colour: { type: "string" }, password: { type: "string", writeOnly: true } },
    required: ["order"],
  },
  steps: [{ type: "change", selectors: ["#order"], value: "{{order}}" }],
};
const inputs: InputValues = { order: "A-17", colour: "red", password: { sealed: "ciphertext" } };
const hourly: Schedule = { when: { kind: "every", minutes: 60 }, jitterSeconds: 0, overlap: "queue", missed: { policy: "run-once" } };

/** A schedule of the first version, and a newer version of its workflow with these inputs. */
async function scheduled(options: { schedule?: Schedule; newer?: Recording["inputs"] } = {}) {
  const made = await createScene(db, { recording });
  const { projectId, workflow, runner, profile } = made;
  const ctx = testContext(db, made.actor);
  const other = await createProfile(db, { projectId, runnerId: runner.id });
  const profileIds = [profile.id, other.id];
  const asked = { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds, inputs, schedule: options.schedule ?? hourly };
  const old = await createDeployment(ctx, asked);
  const newer = { ...recording, title: "Newer", inputs: options.newer ?? recording.inputs };
  await addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify(newer) });
  const kinds = async () => (await db.command.findMany({ where: { projectId }, orderBy: { id: "asc" } })).map(({ kind }) => kind);
  return { ...made, ctx, old, profileIds, kinds, renew: { id: old.id, inputs: {} } };
}

describe("the newest version in the place of an older one", () => {
  test("it runs at the same times on the same profiles with the same inputs, and the runner is asked to end the old one", async () => {
    const { ctx, old, profileIds, kinds, renew, workflow } = await scheduled();
    expect((await listOlderSchedules(ctx, workflow)).items).toMatchObject([
      { deploymentId: old.id, version: 1, newest: 2, replacedById: null },
    ]);
    const renewed = await renewSchedule(ctx, renew);
    expect(renewed).toMatchObject({ version: 2, schedule: { ...hourly, profileIds, removedAt: null } });
    expect(await db.deployment.findUniqueOrThrow({ where: { id: renewed.id } })).toMatchObject({ inputs });
    expect(await db.deployment.findUniqueOrThrow({ where: { id: old.id } })).toMatchObject({ replacedById: renewed.id });
    expect(await kinds()).toEqual(["schedule.install", "schedule.install", "schedule.remove"]);
    expect((await listOlderSchedules(ctx, workflow)).items.filter(({ replacedById }) => !replacedById)).toEqual([]);
    await expectCode(renewSchedule(ctx, { id: renewed.id, inputs: {} }), "WORKFLOW_UNCHANGED");
  });

  test("inputs that it does not have are left out; one that is new has to be given, and until then all stays as it was", async () => {
    const newer: Recording["inputs"] = { properties: { order: { type: "string" }, size: { type: "string" } }, required: ["order", "size"] };
    const { ctx, renew, kinds } = await scheduled({ newer });
    await expectCode(renewSchedule(ctx, renew), "INPUT_MISSING");
    expect(await kinds()).toEqual(["schedule.install"]);
    const { id } = await renewSchedule(ctx, { ...renew, inputs: { size: "m" } });
    expect(await db.deployment.findUniqueOrThrow({ where: { id } })).toMatchObject({ inputs: { order: "A-17", size: "m" } });
  });

  test("a profile that was deleted is left out", async () => {
    const { ctx, renew, profileIds } = await scheduled();
    await db.profile.update({ where: { id: profileIds[0] ?? "" }, data: { deletedAt: new Date() } });
    expect(await renewSchedule(ctx, renew)).toMatchObject({ schedule: { profileIds: profileIds.slice(1) } });
  });

  test("messages come in at the same address", async () => {
    const schedule: Schedule = { ...hourly, when: { kind: "webhook", inputs: {}, perHour: 5 } };
    const { ctx, old, renew } = await scheduled({ schedule });
    const trigger = await db.trigger.findUniqueOrThrow({ where: { deploymentId: old.id } });
    const { id } = await renewSchedule(ctx, renew);
    expect(await db.trigger.findMany({ where: { projectId: old.projectId } })).toEqual([{ ...trigger, deploymentId: id }]);
  });

  test("one that is paused stays so, also when its runner has not heard of that", async () => {
    const { ctx, old, renew, kinds } = await scheduled();
    await pauseSchedule(ctx, { id: old.id, paused: true });
    await renewSchedule(ctx, renew);
    expect((await kinds()).slice(2)).toEqual(["schedule.install", "schedule.pause", "schedule.remove"]);
  });
});

test("of two who ask at once, one is told so, and there is one new schedule", async () => {
  const { ctx, old, renew } = await scheduled();
  const answers = await Promise.allSettled([renewSchedule(ctx, renew), renewSchedule(ctx, renew)]);
  expect(answers.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
  expect(await db.deployment.count({ where: { projectId: old.projectId } })).toBe(2);
});

test("what stopped after the new one was there goes on with ending the old one", async () => {
  const { ctx, old, renew, kinds } = await scheduled();
  const renewed = await renewSchedule(ctx, renew);
  await db.deployment.update({ where: { id: old.id }, data: { scheduleRemovedAt: null } });
  expect(await renewSchedule(ctx, renew)).toMatchObject({ id: renewed.id });
  expect((await kinds()).filter((kind) => kind === "schedule.install")).toHaveLength(2);
});

test("a time that has passed, an ended schedule and another project's are nobody's to renew", async () => {
  const { ctx, old, renew, workflow } = await scheduled();
  await expectCode(renewSchedule(testContext(db, actorOf(await createUser(db))), renew), "NOT_FOUND");
  const past = { ...hourly, when: { kind: "once", at: new Date(ctx.clock.now().getTime() - 60_000).toISOString() } };
  await db.deployment.update({ where: { id: old.id }, data: { schedule: past } });
  expect(await listOlderSchedules(ctx, workflow)).toEqual({ items: [] });
  await expectCode(renewSchedule(ctx, renew), "SCHEDULE_INVALID");
  await db.deployment.update({ where: { id: old.id }, data: { scheduleRemovedAt: new Date() } });
  await expectCode(renewSchedule(ctx, renew), "NOT_FOUND");
});

test("one that somebody ends is neither offered nor renewed", async () => {
  const { ctx, old, renew, workflow } = await scheduled();
  await removeSchedule(ctx, { id: old.id });
  expect(await listOlderSchedules(ctx, workflow)).toEqual({ items: [] });
  await expectCode(renewSchedule(ctx, renew), "NOT_FOUND");
});
