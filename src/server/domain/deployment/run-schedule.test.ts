import type { InputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Schedule, ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import { signManifest } from "@deskhand/shared/signing/make-manifest";
import { signReruns } from "@deskhand/shared/signing/sign-reruns";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { getRun } from "@/server/domain/run/queries";
import { addWorkflowVersion } from "@/server/domain/workflow/add-workflow-version";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile, createScene, testContext } from "@/server/testing/factories";
import { createSigningKey, makeSigningKey } from "@/server/testing/signing-key";
import { createDeployment } from "./create-deployment.ts";
import { getDeployment, listFirings } from "./queries.ts";
import { runSchedule } from "./run-schedule.ts";

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
  inputs: { properties: { order: { type: "string" }, password: { type: "string", writeOnly: true } }, required: ["order"] },
  steps: [{ type: "change", selectors: ["#order"], value: "{{order}}" }],
};
const given: InputValues = { order: "A-17", password: { sealed: "ciphertext" } };
type Made = { when?: ScheduleWhen; overlap?: Schedule["overlap"]; inputs?: InputValues };

/** A deployment that runs by itself on two profiles. */
async function scheduled({ when = { kind: "every", minutes: 60 }, overlap = "skip", inputs = given }: Made = {}) {
  const made = await createScene(db, { recording });
  const { projectId, workflow, runner, profile, actor } = made;
  const ctx = testContext(db, actor);
  const other = await createProfile(db, { projectId, runnerId: runner.id });
  const profileIds = [profile.id, other.id];
  const schedule: Schedule = { when, jitterSeconds: 0, overlap, missed: { policy: "skip" } };
  const { id } = await createDeployment(ctx, { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds, inputs, schedule });
  const runs = () => db.run.findMany({ where: { deploymentId: id }, include: { command: true }, orderBy: { id: "asc" } });
  const firings = async () => (await listFirings(ctx, { id, limit: 50 })).items;
  /** What its runs have come to, as their runner would tell. */
  const come = (state: "running" | "succeeded") =>
    db.command.updateMany({ where: { run: { deploymentId: id } }, data: { state, finishedAt: state === "running" ? null : new Date() } });
  return { ...made, ctx, id, profileIds, runs, firings, come };
}

describe("a schedule that is begun by hand", () => {
  test("runs once on each of its profiles, in its own version, and its times and its pause stay", async () => {
    const { ctx, id, profileIds, workflow, runs, firings, owner } = await scheduled();
    await addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify({ ...recording, title: "Newer" }) });
    await db.deployment.update({ where: { id }, data: { scheduleInstalledAt: new Date(), schedulePausedAt: new Date() } });
    const before = (await getDeployment(ctx, { id })).schedule;
    const { firingId, runIds } = await runSchedule(ctx, { id });
    expect((await runs()).map((run) => run.id)).toEqual(runIds);
    expect((await runs()).map(({ profileId, workflowVersionId, command }) => [profileId, workflowVersionId, command?.state])).toEqual(
      profileIds.map((profileId) => [profileId, workflow.version.id, "queued"]),
    );
    expect(await firings()).toMatchObject([{ id: firingId, state: "fired", reason: "BY_HAND", count: 1, runIds }]);
    expect((await getDeployment(ctx, { id })).schedule).toEqual(before);
    // what came with a message would be judged as one
    expect((await runs())[0]?.command?.payload).not.toHaveProperty("triggered");
    expect((await getRun(ctx, { id: runIds[0] ?? "" })).begun).toEqual({ when: "every", byHand: true, userName: owner.name });
  });

  test("begins beside runs that are not over as its rule says, also when it is begun twice at the same moment", async () => {
    const skips = await scheduled();
    const both = await Promise.allSettled([1, 2].map(() => runSchedule(skips.ctx, { id: skips.id })));
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refusal = await expectCode(runSchedule(skips.ctx, { id: skips.id }), "RUN_NOT_FINISHED");
    expect(refusal.details).toEqual({ reason: "STILL_RUNNING" });
    expect(await skips.firings()).toHaveLength(1);
    await skips.come("succeeded");
    expect((await runSchedule(skips.ctx, { id: skips.id })).runIds).toHaveLength(2);

    const queues = await scheduled({ overlap: "queue" });
    await runSchedule(queues.ctx, { id: queues.id });
    expect((await expectCode(runSchedule(queues.ctx, { id: queues.id }), "RUN_NOT_FINISHED")).details).toEqual({ reason: "QUEUE_FULL" });
    await queues.come("running");
    await runSchedule(queues.ctx, { id: queues.id });

    const ends = await scheduled({ overlap: "cancel-old" });
    for (const _ of [1, 2]) await runSchedule(ends.ctx, { id: ends.id });
    expect((await ends.runs()).map(({ state }) => state)).toEqual(["cancelled", "cancelled", "queued", "queued"]);
  });

  test("is refused where there is none, where it has ended, and where only what begins it brings an input", async () => {
    const { ctx, id, projectId, workflow, runner, profile } = await scheduled();
    const once = await createDeployment(ctx, {
      projectId,
      workflowId: workflow.id,
      runnerId: runner.id,
      profileIds: [profile.id],
      inputs: given,
    });
    await expectCode(runSchedule(ctx, { id: once.id }), "NOT_FOUND");
    await expectCode(runSchedule(ctx, { id: uuid() }), "NOT_FOUND");
    await db.deployment.update({ where: { id }, data: { scheduleRemovedAt: new Date() } });
    await expectCode(runSchedule(ctx, { id }), "NOT_FOUND");

    const when = { kind: "webhook", inputs: { order: "order" }, perHour: 9 } as const;
    const lacking = await scheduled({ when, inputs: { password: { sealed: "ciphertext" } } });
    await expectCode(runSchedule(lacking.ctx, { id: lacking.id }), "INPUT_MISSING");
    const has = await scheduled({ when });
    const { runIds } = await runSchedule(has.ctx, { id: has.id });
    expect((await getRun(has.ctx, { id: runIds[0] ?? "" })).begun).toMatchObject({ when: "webhook", byHand: true });
  });

  test("needs a signature for each of its profiles where its runner demands that", async () => {
    const { ctx, id, projectId, owner, runner, profileIds, runs } = await scheduled();
    const manifestId = uuid();
    await db.deployment.update({ where: { id }, data: { manifestId } });
    await db.runner.update({ where: { id: runner.id }, data: { signaturesRequired: true } });
    const key = makeSigningKey(projectId);
    const signingKey = await createSigningKey(db, key, { projectId, createdById: owner.id });
    const at = new Date();
    await db.runnerSigner.create({
      data: { runnerId: runner.id, signingKeyId: signingKey.id, status: "approved", requestedAt: at, changedAt: at },
    });
    await expectCode(runSchedule(ctx, { id }), "SIGNATURE_REQUIRED");
    const sign = (of: string, profiles: string[]) =>
      signReruns({ runnerId: runner.id, manifestId: of, profileIds: profiles }, (manifest) => signManifest(key, manifest));
    await expectCode(runSchedule(ctx, { id, ...(await sign(uuid(), profileIds)) }), "MANIFEST_INVALID");
    await expectCode(runSchedule(ctx, { id, ...(await sign(manifestId, profileIds.slice(1))) }), "SIGNATURE_REQUIRED");
    expect(await runs()).toEqual([]);
    const { signed } = await sign(manifestId, profileIds);
    await runSchedule(ctx, { id, signed });
    expect((await runs()).map(({ command }) => (command?.payload as { signedRerun?: string } | undefined)?.signedRerun)).toEqual(
      signed?.map(({ signedManifest }) => signedManifest),
    );
  });
});
