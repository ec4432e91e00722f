import { SIGNATURE_LASTS_MS } from "@deskhand/shared/schemas/manifest";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { orderManifest, signManifest } from "@deskhand/shared/signing/make-manifest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { finishCommand } from "@/server/domain/command/finish-command";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { refuseCommand } from "@/server/domain/command/refuse-command";
import { sweepCommands } from "@/server/domain/command/sweep-commands";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createScene, testClock, testContext } from "@/server/testing/factories";
import { createSigningKey, makeSigningKey } from "@/server/testing/signing-key";
import { pauseSchedule, removeSchedule } from "./change-schedule.ts";
import { createDeployment } from "./create-deployment.ts";
import { getDeployment } from "./queries.ts";

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

const hour = 3_600_000;
const hourly: Schedule = { when: { kind: "every", minutes: 60 }, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } };

/** A schedule that its runner has. `answer` is the runner's word on what was sent last. */
async function scene({ installed = true } = {}) {
  const made = await createScene(db, { online: true });
  const { projectId, runner, profile, workflow } = made;
  const clock = testClock();
  const ctx = testContext(db, made.actor, clock);
  const { id } = await createDeployment(ctx, {
    ...{ projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id] },
    ...{ inputs: {}, schedule: hourly },
  });
  const runnerId = runner.id;
  const lease = async () => {
    const { messages } = await leaseCommands(ctx, { runnerId, connectionId: runner.connectionId ?? "" });
    return messages;
  };
  const answer = async (state: "succeeded" | "failed", failureCode: string | null = null) => {
    for (const message of await lease()) await finishCommand(ctx, { runnerId, commandId: message.id, state, failureCode });
  };
  if (installed) await answer("succeeded");
  const standing = async () => (await getDeployment(ctx, { id })).schedule;
  return { ...made, clock, ctx, id, runnerId, lease, answer, standing };
}

describe("a schedule is what its runner made of it", () => {
  test("asked to pause it is paused once the runner has done it, and asked to go on it goes on then", async () => {
    const { ctx, id, answer, standing } = await scene();
    expect((await pauseSchedule(ctx, { id, paused: true })).schedule).toMatchObject({
      pausedAt: null,
      asked: { what: "pause", failureCode: null },
    });
    await answer("succeeded");
    expect(await standing()).toMatchObject({ pausedAt: expect.any(String), asked: null });
    expect((await pauseSchedule(ctx, { id, paused: false })).schedule).toMatchObject({
      pausedAt: expect.any(String),
      asked: { what: "resume" },
    });
    await answer("succeeded");
    expect(await standing()).toMatchObject({ pausedAt: null, asked: null });
  });

  test("asked to end it has ended once the runner has done it", async () => {
    const { ctx, id, answer, standing } = await scene();
    await removeSchedule(ctx, { id });
    expect(await standing()).toMatchObject({ removedAt: null, asked: { what: "remove", failureCode: null } });
    await answer("succeeded");
    expect(await standing()).toMatchObject({ removedAt: expect.any(String), asked: null });
    await expectCode(removeSchedule(ctx, { id }), "NOT_FOUND");
  });

  test("what the runner refuses leaves it as it was, with why, and may be asked again", async () => {
    const { ctx, id, answer, standing } = await scene();
    await removeSchedule(ctx, { id });
    await answer("failed", "POLICY_DENIED");
    expect(await standing()).toMatchObject({ removedAt: null, asked: { what: "remove", failureCode: "POLICY_DENIED" } });
    await removeSchedule(ctx, { id });
    expect(await standing()).toMatchObject({ asked: { what: "remove", failureCode: null } });
    await answer("succeeded");
    expect(await standing()).toMatchObject({ removedAt: expect.any(String), asked: null });
  });

  test("what the runner could not take leaves it as it was too", async () => {
    const { ctx, id, runnerId, lease, standing } = await scene();
    await pauseSchedule(ctx, { id, paused: true });
    for (const { id: commandId, leaseToken } of await lease())
      await refuseCommand(ctx, { runnerId, commandId, leaseToken, code: "MESSAGE_INVALID" });
    expect(await standing()).toMatchObject({ pausedAt: null, asked: { what: "pause", failureCode: "INTERNAL" } });
  });

  test("asked again before the runner heard of it, the runner is asked once, what was asked last", async () => {
    const { ctx, id, lease } = await scene();
    await pauseSchedule(ctx, { id, paused: true });
    await pauseSchedule(ctx, { id, paused: true });
    await removeSchedule(ctx, { id });
    expect((await lease()).map(({ kind }) => kind)).toEqual(["schedule.remove"]);
  });

  test("the end of what was asked before says nothing of what was asked after", async () => {
    const { ctx, id, runnerId, lease, standing } = await scene();
    await pauseSchedule(ctx, { id, paused: true });
    const [pause] = await lease();
    await removeSchedule(ctx, { id });
    await finishCommand(ctx, { runnerId, commandId: pause?.id ?? "", state: "failed", failureCode: "POLICY_DENIED" });
    expect(await standing()).toMatchObject({ asked: { what: "remove", failureCode: null } });
  });

  test("one that its runner never took is told so, with why", async () => {
    const { answer, standing } = await scene({ installed: false });
    await answer("failed", "POLICY_DENIED");
    expect(await standing()).toMatchObject({ installedAt: null, failureCode: "POLICY_DENIED" });
  });
});

describe("a runner that is away", () => {
  test("for longer than the signature lasts leaves a schedule as it was: it would refuse what comes later", async () => {
    const { ctx, id, projectId, owner, runnerId, clock, standing } = await scene();
    await db.runner.update({ where: { id: runnerId }, data: { connectionId: null, signaturesRequired: true } });
    const key = makeSigningKey(projectId);
    const signingKey = await createSigningKey(db, key, { projectId, createdById: owner.id });
    const at = clock.now();
    await db.runnerSigner.create({
      data: { runnerId, signingKeyId: signingKey.id, status: "approved", requestedAt: at, changedAt: at },
    });
    const order = await orderManifest(runnerId, "schedule.remove", { deploymentId: id }, at.getTime());
    await removeSchedule(ctx, { id, signedManifest: await signManifest(key, order) });
    clock.advance(SIGNATURE_LASTS_MS - hour);
    await sweepCommands(ctx);
    expect(await standing()).toMatchObject({ removedAt: null, asked: { what: "remove", failureCode: null } });
    clock.advance(2 * hour);
    await sweepCommands(ctx);
    expect(await standing()).toMatchObject({ removedAt: null, asked: { what: "remove", failureCode: "COMMAND_EXPIRED" } });
  });

  test("for good ends it at once: there is nobody to ask", async () => {
    const { ctx, id, runnerId, standing } = await scene();
    await db.runner.update({ where: { id: runnerId }, data: { status: "revoked" } });
    await expectCode(pauseSchedule(ctx, { id, paused: true }), "RUNNER_NOT_ACCEPTED");
    await removeSchedule(ctx, { id });
    expect(await standing()).toMatchObject({ removedAt: expect.any(String), asked: null });
  });
});
