import type { InputValues } from "@deskhand/shared/schemas/deployment";
import { changeScheduleInput } from "@deskhand/shared/schemas/older-schedules";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod";
import { createDb, type Db } from "@/server/db";
import { addWorkflowVersion } from "@/server/domain/workflow/add-workflow-version";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { actorOf, createProfile, createRunner, createScene, createUser, testContext } from "@/server/testing/factories";
import { pauseSchedule, removeSchedule } from "./change-schedule.ts";
import { changeTerms, getTerms } from "./change-terms.ts";
import { createDeployment } from "./create-deployment.ts";
import { getProgress } from "./progress.ts";

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
const hourly: Schedule = { when: { kind: "every", minutes: 60 }, jitterSeconds: 5, overlap: "queue", missed: { policy: "run-once" } };
const daily: Schedule = { ...hourly, when: { kind: "cron", cron: "0 9 * * *", timeZone: "Europe/Berlin" }, jitterSeconds: 0 };

async function scheduled(schedule: Schedule = hourly) {
  const made = await createScene(db, { recording });
  const { projectId, workflow, runner, profile } = made;
  const ctx = testContext(db, made.actor);
  const other = await createProfile(db, { projectId, runnerId: runner.id });
  const profileIds = [profile.id, other.id];
  const old = await createDeployment(ctx, { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds, inputs, schedule });
  const change = (changes: Omit<z.input<typeof changeScheduleInput>, "id">, id = old.id) =>
    changeTerms(ctx, changeScheduleInput.parse({ id, ...changes }));
  const kinds = async () => (await db.command.findMany({ where: { projectId }, orderBy: { id: "asc" } })).map(({ kind }) => kind);
  return { ...made, ctx, old, profileIds, kinds, change };
}

describe("a schedule with other terms in the place of the one that was", () => {
  test("what is not given stays, also its version and what is sealed, and the runner is asked to end the old one", async () => {
    const { ctx, old, profileIds, kinds, change, workflow } = await scheduled();
    await addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify({ ...recording, title: "Newer" }) });
    const changed = await change({ schedule: daily });
    expect(changed).toMatchObject({ version: 1, schedule: { ...daily, profileIds, removedAt: null } });
    expect(await db.deployment.findUniqueOrThrow({ where: { id: changed.id } })).toMatchObject({ inputs });
    expect(await kinds()).toEqual(["schedule.install", "schedule.install", "schedule.remove"]);
    expect(await getProgress(ctx, changed)).toMatchObject({ replaces: { id: old.id, ended: false }, replacedById: null });
    expect(await getProgress(ctx, old)).toMatchObject({ replaces: null, replacedById: changed.id });
  });

  test("inputs, profiles and the version are changed, and inputs left out", async () => {
    const { ctx, old, profileIds, change, workflow } = await scheduled();
    await addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify({ ...recording, title: "Newer" }) });
    const { id } = await change({ version: 2, profileIds: profileIds.slice(1), inputs: { order: "B-2" }, leaveOut: ["colour"] });
    expect(await getTerms(ctx, { id })).toEqual({
      ...(await getTerms(ctx, old)),
      deploymentId: id,
      version: 2,
      profiles: [expect.objectContaining({ id: profileIds[1] })],
      inputs: { order: "B-2", password: { sealed: "ciphertext" } },
      replacedById: null,
    });
  });

  test("messages come in at the same address, and one that is paused stays so", async () => {
    const { ctx, old, change, kinds } = await scheduled({ ...hourly, when: { kind: "webhook", inputs: {}, perHour: 5 } });
    const trigger = await db.trigger.findUniqueOrThrow({ where: { deploymentId: old.id } });
    await db.deployment.update({ where: { id: old.id }, data: { schedulePausedAt: new Date() } });
    const { id } = await change({ schedule: { ...hourly, when: { kind: "webhook", inputs: {}, perHour: 9 } } });
    expect(await db.trigger.findMany({ where: { projectId: old.projectId } })).toEqual([{ ...trigger, deploymentId: id }]);
    expect((await kinds()).slice(1)).toEqual(["schedule.install", "schedule.pause", "schedule.remove"]);
    expect((await getTerms(ctx, { id })).paused).toBe(true);
  });

  test("asked again by the same name it goes on with ending the old one", async () => {
    const { change, kinds } = await scheduled();
    const newId = crypto.randomUUID();
    const [first, again] = [await change({ newId, schedule: daily }), await change({ newId, schedule: daily })];
    expect([first.id, again.id]).toEqual([newId, newId]);
    expect((await kinds()).filter((kind) => kind === "schedule.install")).toHaveLength(2);
  });
});

describe("what is refused, and all stays as it was", () => {
  test("nothing new, a time that has passed, wrong inputs, and profiles that are not the runner's", async () => {
    const { ctx, old, change, kinds, projectId, profileIds } = await scheduled();
    await expectCode(change({}), "INVALID_INPUT");
    await expectCode(change({ schedule: hourly, inputs: { order: "A-17" } }), "INVALID_INPUT");
    const at = new Date(ctx.clock.now().getTime() - 60_000).toISOString();
    await expectCode(change({ schedule: { ...hourly, when: { kind: "once", at } } }), "SCHEDULE_INVALID");
    await expectCode(change({ inputs: { size: "m" } }), "INPUT_UNKNOWN");
    await expectCode(change({ leaveOut: ["order"] }), "INPUT_MISSING");
    await expectCode(change({ inputs: { password: "in the clear" } }), "SECRET_NOT_SEALED");
    await expectCode(change({ version: 7 }), "NOT_FOUND");
    const elsewhere = await createProfile(db, { projectId, runnerId: (await createRunner(db, { projectId })).id });
    await expectCode(change({ profileIds: [elsewhere.id] }), "PROFILE_ON_OTHER_RUNNER");
    await expectCode(change({ profileIds: [old.id] }), "NOT_FOUND");
    await db.profile.updateMany({ where: { id: { in: profileIds } }, data: { deletedAt: new Date() } });
    await expectCode(change({ schedule: daily }), "NOT_FOUND");
    expect((await getTerms(ctx, old)).profiles).toEqual([]);
    expect(await kinds()).toEqual(["schedule.install"]);
    expect((await getTerms(ctx, old)).replacedById).toBeNull();
  });

  test("another's schedule, and one that has ended", async () => {
    const { old, change } = await scheduled();
    const stranger = testContext(db, actorOf(await createUser(db)));
    await expectCode(changeTerms(stranger, changeScheduleInput.parse({ id: old.id, schedule: daily })), "NOT_FOUND");
    await expectCode(getTerms(stranger, old), "NOT_FOUND");
    await db.deployment.update({ where: { id: old.id }, data: { scheduleRemovedAt: new Date() } });
    await expectCode(change({ schedule: daily }), "NOT_FOUND");
  });

  test.each(["pause", "remove"] as const)("while its runner was asked to %s it", async (asked) => {
    const { ctx, old, change } = await scheduled();
    await (asked === "pause" ? pauseSchedule(ctx, { id: old.id, paused: true }) : removeSchedule(ctx, { id: old.id }));
    await expect(change({ schedule: daily })).rejects.toMatchObject({
      code: "CONFLICT",
      userMessage: expect.stringMatching(/not answered/),
    });
  });

  test("one that another has the place of; of two who ask at once there is one new schedule", async () => {
    const { ctx, old, change } = await scheduled();
    const answers = await Promise.allSettled([change({ schedule: daily }), change({ schedule: { ...daily, overlap: "skip" } })]);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await db.deployment.count({ where: { projectId: old.projectId } })).toBe(2);
    const { replacedById } = await getProgress(ctx, old);
    await expect(change({ schedule: daily })).rejects.toMatchObject({ code: "CONFLICT", details: { replacedById } });
  });
});

test("where the runner refused what was to take its place, the place is free, and its address goes to the next", async () => {
  const { ctx, old, change } = await scheduled({ ...hourly, when: { kind: "webhook", inputs: {}, perHour: 5 } });
  const when = { kind: "webhook", inputs: {}, perHour: 9 } as const;
  const { id: refused } = await change({ schedule: { ...hourly, when } });
  await db.deployment.update({ where: { id: refused }, data: { scheduleFailureCode: "POLICY_DENIED" } });
  await db.deployment.update({ where: { id: old.id }, data: { scheduleOrderFailure: "SUCCESSOR_MISSING" } });
  // else the old one would go on beside what becomes of this
  await expectCode(change({ inputs: { order: "B-2" } }, refused), "CONFLICT");
  const { id } = await change({ schedule: { ...hourly, when } });
  expect(await getProgress(ctx, old)).toMatchObject({ replacedById: id });
  expect(await db.trigger.findMany({ where: { projectId: old.projectId } })).toMatchObject([{ deploymentId: id }]);
});
