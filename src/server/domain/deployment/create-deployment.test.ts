import type { Recording } from "@deskhand/shared/schemas/recording";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { deleteProfile } from "@/server/domain/profile/delete-profile";
import { revokeRunner } from "@/server/domain/runner/revoke-runner";
import type { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";
import { defaultPlan } from "@/server/plan";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import {
  createProfile,
  createProject,
  createRunner,
  createScene,
  createWorkflow,
  testClock,
  testContext,
} from "@/server/testing/factories";
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

const recording: Recording = {
  title: "Sign in",
  inputs: {
    properties: { email: { type: "string" }, times: { type: "integer", default: 2 }, password: { type: "string", writeOnly: true } },
    required: ["email"],
  },
  steps: [{ type: "change", selectors: ["aria/E-mail"], value: "{{inputs.email}}" }],
};

async function scene() {
  const made = await createScene(db, { recording });
  const clock = testClock();
  const ctx = testContext(db, made.actor, clock);
  const { projectId, workflow, runner, profile } = made;
  const input = { projectId, workflowId: workflow.id, runnerId: runner.id, profileIds: [profile.id], inputs: { email: "a@example.com" } };
  return { ...made, ctx, clock, input };
}

describe("deploying", () => {
  test("each profile gets one queued run with a command that is a valid message", async () => {
    const { ctx, clock, input, projectId, runner, profile, workflow, owner } = await scene();
    const second = await createProfile(db, { projectId, runnerId: runner.id });
    const profileIds = [second.id, profile.id, second.id];
    const inputs = { email: "a@example.com", times: "3", password: { sealed: "ciphertext" } };
    const deployment = await createDeployment(ctx, { ...input, profileIds, inputs });
    expect(deployment).toMatchObject({ workflowId: workflow.id, workflowName: workflow.name, version: 1, runnerId: runner.id });
    expect(await getDeployment(ctx, deployment)).toEqual(deployment);

    const runs = await db.run.findMany({ where: { projectId }, include: { command: { include: { transitions: true } } } });
    const inOrder = deployment.runIds.map((id) => runs.find((run) => run.id === id));
    expect(inOrder.map((run) => run?.profileId)).toEqual([second.id, profile.id]);
    expect(inOrder.map((run) => Number(run?.command?.position))).toEqual(
      inOrder.map((run) => Number(run?.command?.position)).sort((a, b) => a - b),
    );
    // what the runner is sent
    const connectionId = uuid();
    await db.runner.update({ where: { id: runner.id }, data: { connectionId } });
    const { messages } = await leaseCommands(testContext(db, undefined, clock), { runnerId: runner.id, connectionId });
    expect(messages.map(({ payload }) => payload.profileId)).toEqual([second.id, profile.id]);
    for (const run of runs) {
      expect(run).toMatchObject({ state: "queued", deploymentId: deployment.id, createdAt: clock.now() });
      const command = run.command;
      expect(command?.deadlineAt.getTime()).toBe(clock.now().getTime() + 24 * 60 * 60_000);
      expect(command?.requestedById).toBe(owner.id);
      expect(command?.transitions).toMatchObject([{ from: null, to: "queued", actor: `user:${owner.id}` }]);
      expect(messages.find(({ id }) => id === command?.id)?.payload).toEqual({
        requestedBy: { userId: owner.id },
        runId: run.id,
        profileId: run.profileId,
        workflowVersionId: workflow.version.id,
        deploymentId: deployment.id,
        workflowId: workflow.id,
        names: { workflow: workflow.name, profile: run.profileId === profile.id ? profile.name : second.name },
        recording,
        inputs: { email: "a@example.com", times: 3, password: { sealed: "ciphertext" } },
      });
    }
  });

  test("a thousand profiles at once", async () => {
    const { ctx, input, projectId, runner } = await scene();
    const rows = Array.from({ length: 1000 }, (_, i) => ({
      id: uuid(),
      projectId,
      runnerId: runner.id,
      name: `p${i}`,
      createdAt: new Date(),
    }));
    await db.profile.createMany({ data: rows });
    const { runIds } = await createDeployment(ctx, { ...input, profileIds: rows.map(({ id }) => id) });
    expect(runIds).toHaveLength(1000);
    expect(await db.command.count({ where: { projectId, state: "queued" } })).toBe(1000);
  });

  test("a version can be chosen; one that does not exist is not found", async () => {
    const { ctx, input, workflow } = await scene();
    const next = { ...recording, title: "Next" } as unknown as Prisma.InputJsonObject;
    await db.workflowVersion.create({
      data: { workflowId: workflow.id, number: 2, contentHash: "x", content: next, createdAt: new Date() },
    });
    expect(await createDeployment(ctx, input)).toMatchObject({ version: 2 });
    expect(await createDeployment(ctx, { ...input, version: 1 })).toMatchObject({ version: 1 });
    await expectCode(createDeployment(ctx, { ...input, version: 3 }), "NOT_FOUND");
  });
});

describe("what is refused leaves nothing behind", () => {
  test("inputs that the workflow does not take", async () => {
    const { ctx, input, projectId } = await scene();
    await expectCode(createDeployment(ctx, { ...input, inputs: {} }), "INPUT_MISSING");
    await expectCode(createDeployment(ctx, { ...input, inputs: { email: "a", other: 1 } }), "INPUT_UNKNOWN");
    await expectCode(createDeployment(ctx, { ...input, inputs: { email: "a", times: "x" } }), "INPUT_WRONG_TYPE");
    await expectCode(createDeployment(ctx, { ...input, inputs: { email: "a", password: "clear" } }), "SECRET_NOT_SEALED");
    expect(await db.deployment.count({ where: { projectId } })).toBe(0);
  });

  test("a runner that is not accepted", async () => {
    const { ctx, input, runner, projectId } = await scene();
    for (const status of ["pending", "rejected", "revoked", "locked"] as const) {
      await db.runner.update({ where: { id: runner.id }, data: { status } });
      expect((await expectCode(createDeployment(ctx, input), "RUNNER_NOT_ACCEPTED")).details).toEqual({ status });
    }
    expect(await db.deployment.count({ where: { projectId } })).toBe(0);
  });

  test("profiles that are deleted or live on another runner", async () => {
    const { ctx, input, projectId, profile } = await scene();
    const other = await createRunner(db, { projectId });
    const elsewhere = await createProfile(db, { projectId, runnerId: other.id });
    const refusal = await expectCode(
      createDeployment(ctx, { ...input, profileIds: [profile.id, elsewhere.id] }),
      "PROFILE_ON_OTHER_RUNNER",
    );
    expect(refusal.details).toEqual({ profileIds: [elsewhere.id] });
    await deleteProfile(ctx, profile);
    await expectCode(createDeployment(ctx, input), "NOT_FOUND");
    expect(await db.deployment.count({ where: { projectId } })).toBe(0);
  });

  test("anything of another project", async () => {
    const { ctx, input, projectId } = await scene();
    const stranger = await createProject(db);
    const runner = await createRunner(db, { projectId: stranger.id });
    const profile = await createProfile(db, { projectId: stranger.id, runnerId: runner.id });
    const workflow = await createWorkflow(db, { projectId: stranger.id });
    for (const foreign of [
      { runnerId: runner.id },
      { profileIds: [profile.id] },
      { workflowId: workflow.id },
      { projectId: stranger.id },
    ]) {
      await expectCode(createDeployment(ctx, { ...input, ...foreign }), "NOT_FOUND");
    }
    expect(await db.deployment.count({ where: { projectId } })).toBe(0);
  });

  test("a profile is either deployed to or deleted, never both", async () => {
    for (let round = 0; round < 5; round++) {
      const { ctx, input, profile, projectId } = await scene();
      const [deployed, deleted] = await Promise.allSettled([createDeployment(ctx, input), deleteProfile(ctx, profile)]);
      expect([deployed.status, deleted.status].sort()).toEqual(["fulfilled", "rejected"]);
      expect(await db.run.count({ where: { projectId } })).toBe(deployed.status === "fulfilled" ? 1 : 0);
    }
  });
});

test("a runner is either deployed to or disconnected before, and no run is left waiting for it", async () => {
  for (let round = 0; round < 5; round++) {
    const { ctx, input, runner, projectId } = await scene();
    await Promise.allSettled([createDeployment(ctx, input), revokeRunner(ctx, runner)]);
    expect(await db.run.count({ where: { projectId, state: "queued" } })).toBe(0);
  }
});

describe("an idempotency key", () => {
  test("the same request gives the same deployment and no second run", async () => {
    const { ctx, input, projectId } = await scene();
    const first = await createDeployment(ctx, { ...input, idempotencyKey: "key-12345" });
    expect(await createDeployment(ctx, { ...input, idempotencyKey: "key-12345" })).toEqual(first);
    expect(await db.run.count({ where: { projectId } })).toBe(1);
  });

  test("requests at the same moment give one deployment", async () => {
    const { ctx, input, projectId } = await scene();
    const made = await Promise.all([1, 2, 3, 4].map(() => createDeployment(ctx, { ...input, idempotencyKey: "key-12345" })));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await db.run.count({ where: { projectId } })).toBe(1);
  });

  test("another request with the key is refused", async () => {
    const { ctx, input } = await scene();
    await createDeployment(ctx, { ...input, idempotencyKey: "key-12345" });
    await expectCode(createDeployment(ctx, { ...input, inputs: { email: "b" }, idempotencyKey: "key-12345" }), "IDEMPOTENCY_CONFLICT");
  });

  test("a key of one project means nothing in another", async () => {
    const [a, b] = [await scene(), await scene()];
    const first = await createDeployment(a.ctx, { ...a.input, idempotencyKey: "key-12345" });
    const second = await createDeployment(b.ctx, { ...b.input, idempotencyKey: "key-12345" });
    expect(second.id).not.toBe(first.id);
  });
});

describe("the limit of commands that a runner is asked in a minute", () => {
  test("lets one deployment through as a whole, and tells the next how long to wait", async () => {
    const { ctx, input, projectId, runner, profile } = await scene();
    const limited = { ...ctx, plan: { ...defaultPlan, commandsPerRunnerPerMinute: 2 } };
    const more = await Promise.all([1, 2].map(() => createProfile(db, { projectId, runnerId: runner.id })));
    const profileIds = [profile.id, ...more.map(({ id }) => id)];
    const first = await createDeployment(limited, { ...input, profileIds, idempotencyKey: "key-12345" });
    expect(first.runIds).toHaveLength(3);
    const refused = await createDeployment(limited, input).catch((error: AppError) => error);
    expect(refused).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: expect.any(Number) });
    expect((refused as AppError).retryAfterMs).toBeGreaterThan(0);
    expect((refused as AppError).retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(await db.run.count({ where: { projectId } })).toBe(3);
    // a repeat asks for nothing new
    expect(await createDeployment(limited, { ...input, profileIds, idempotencyKey: "key-12345" })).toEqual(first);
  });

  test("is not used up by somebody who names another project's runner", async () => {
    const [a, b] = [await scene(), await scene()];
    const plan = { ...defaultPlan, commandsPerRunnerPerMinute: 1 };
    await expectCode(createDeployment({ ...b.ctx, plan }, { ...b.input, runnerId: a.runner.id }), "NOT_FOUND");
    expect((await createDeployment({ ...a.ctx, plan }, a.input)).runIds).toHaveLength(1);
  });
});
