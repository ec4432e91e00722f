import { signWebhook } from "@deskhand/shared/client/verify-webhook";
import { readManifest } from "@deskhand/shared/schemas/manifest";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import { deployManifest, orderManifest, signManifest } from "@deskhand/shared/signing/make-manifest";
import { signReruns } from "@deskhand/shared/signing/sign-reruns";
import { v7 as uuid } from "uuid";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { pauseSchedule, removeSchedule } from "@/server/domain/deployment/change-schedule";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { getDeployment, listFirings } from "@/server/domain/deployment/queries";
import { runSchedule } from "@/server/domain/deployment/run-schedule";
import { getRun } from "@/server/domain/run/queries";
import { requestSigner } from "@/server/domain/signing-key/request-signer";
import { changeTrigger } from "@/server/domain/trigger/change-trigger";
import { fireTrigger } from "@/server/domain/trigger/fire-trigger";
import { newTriggerSecret } from "@/server/domain/trigger/new-trigger-secret";
import { listTriggers } from "@/server/domain/trigger/queries";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { addMember, createProfile, createWorkflow, testContext } from "@/server/testing/factories";
import { changePolicy, createRunnerFolder, decideKey, type Runner, startRealRunner } from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { createSigningKey, makeSigningKey } from "@/server/testing/signing-key";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

/** Triggers between the server's database and a real runner that demands signatures; only the browser is not there. */

const where = { publicUrl: "http://desk.example", authSecret: "s".repeat(32) };
const inputs = {
  properties: {
    item: { type: "string" as const },
    count: { type: "integer" as const, maximum: 5, default: 1 },
    word: { type: "string" as const, writeOnly: true },
  },
  required: ["item"],
};
const recordingOf = (title: string): Recording => ({ title, inputs, steps: [{ type: "navigate", url: "about:blank" }] });

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let scene: Awaited<ReturnType<typeof createScene>>;
let runner: Runner;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  folder = await createRunnerFolder(server.url);
  changePolicy(folder.home, { signatures: "required" });
  scene = await createScene();
  runner = startRealRunner(folder.home);
  const { signingKey, ctx } = scene;
  await requestSigner(ctx, { id: folder.runnerId, signingKeyId: signingKey.id });
  await until(async () => expect(await db.runnerSigner.count({ where: { signingKeyId: signingKey.id, status: "pending" } })).toBe(1));
  decideKey(folder.home, signingKey.keyId, "approved");
  await until(async () => expect(await db.runnerSigner.count({ where: { signingKeyId: signingKey.id, status: "approved" } })).toBe(1));
});
afterEach(async () => {
  await runner.stop();
  await server.close();
  folder.remove();
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 25_000 });

async function createScene() {
  const { project, projectId, actor, runner: row } = await createRealScene(db, folder);
  const runnerId = row.id;
  const [profile, other] = await Promise.all([1, 2].map(() => createProfile(db, { projectId, runnerId })));
  if (!profile || !other) throw new Error("no profile");
  const key = makeSigningKey(projectId);
  const signingKey = await createSigningKey(db, key, { projectId, createdById: project.owner.id });
  return { ctx: testContext(db, actor), project, projectId, runnerId, profile, other, key, signingKey };
}

type Deploy = { title?: string; overlap?: "skip" | "queue" | "cancel-old"; profileIds?: string[]; given?: Record<string, string | number> };

/** Deploys a workflow that something begins, signed, and waits until the runner has it. */
async function deploy(when: ScheduleWhen, { title = "look", overlap = "skip", profileIds = [scene.profile.id], given = {} }: Deploy = {}) {
  const { ctx, projectId, runnerId, key } = scene;
  const recording = recordingOf(title);
  const workflow = await createWorkflow(db, { projectId, recording });
  const sent = { count: 1, ...given };
  const schedule = { when, jitterSeconds: 0, overlap, missed: { policy: "skip" as const } };
  const of = { runnerId, workflow: { id: workflow.id, version: 1 }, recording, profileIds, inputs: sent, schedule };
  const signedManifest = await signManifest(key, await deployManifest(of));
  const made = await createDeployment(ctx, {
    projectId,
    workflowId: workflow.id,
    version: 1,
    runnerId,
    profileIds,
    inputs: sent,
    schedule,
    signedManifest,
  });
  await until(async () => expect((await getDeployment(ctx, made)).schedule?.installedAt).not.toBeNull());
  return { id: made.id, workflowId: workflow.id, versionId: workflow.version.id, signedManifest };
}

const webhook = (perHour = 60): ScheduleWhen => ({ kind: "webhook", inputs: { item: "order.items[0].name", count: "count" }, perHour });
const order = (name: unknown, count?: unknown) => JSON.stringify({ order: { items: [{ name }] }, count, more: "x" });

async function open(deploymentId: string) {
  const trigger = await db.trigger.findUniqueOrThrow({ where: { deploymentId } });
  const { secret } = await newTriggerSecret(scene.ctx, { id: trigger.id }, where);
  const anonymous = testContext(db, { kind: "anonymous" });
  const call = async (body: string, { messageId = `msg_${uuid()}`, sealedWith = secret, at = Date.now() } = {}) => {
    const headers = new Headers(await signWebhook(sealedWith, messageId, body, at));
    return fireTrigger(anonymous, { triggerId: trigger.id, headers, body, address: "192.0.2.1" }, where);
  };
  return { id: trigger.id, secret, call };
}

const stateOf = (id: string | null) =>
  until(async () => expect((await getRun(scene.ctx, { id: id ?? "" })).state).toMatch(/succeeded|failed/)).then(() =>
    getRun(scene.ctx, { id: id ?? "" }),
  );
const firingsOf = async (id: string) => (await listFirings(scene.ctx, { id, limit: 50 })).items;
const payloadOf = async (runId: string | null) =>
  (await db.command.findUniqueOrThrow({ where: { runId: runId ?? "" } })).payload as { triggered?: { inputs: object } };

describe("a webhook", () => {
  test("begins a run on each profile with the values that it brings, and its history says so", async () => {
    const { id } = await deploy(webhook(), { profileIds: [scene.profile.id, scene.other.id] });
    const { call } = await open(id);
    const answer = await call(order("tea", 2));
    expect(answer).toMatchObject({ state: "fired", reason: null, runIds: [expect.any(String), expect.any(String)] });
    for (const runId of answer.runIds) expect(await stateOf(runId)).toMatchObject({ state: "succeeded" });
    expect((await payloadOf(answer.runId)).triggered?.inputs).toEqual({ item: "tea", count: 2 });
    expect(await firingsOf(id)).toMatchObject([{ id: answer.firingId, state: "fired", runIds: [expect.any(String), expect.any(String)] }]);
    const { items } = await listTriggers(scene.ctx, { projectId: scene.projectId, limit: 10 }, where);
    expect(items).toMatchObject([{ deploymentId: id, lastFiring: { state: "fired" }, webhook: { hasSecret: true, lastRefusal: null } }]);
  });

  test("is refused with a wrong or late message, begun once by one that comes again, refused once it is off, and for what is not there", async () => {
    const { id } = await deploy(webhook());
    const trigger = await open(id);
    const body = order("tea");
    await expectCode(trigger.call(body, { sealedWith: "whsec_AAAA" }), "SIGNATURE_INVALID");
    await expectCode(trigger.call(body, { at: Date.now() - 301_000 }), "SIGNATURE_INVALID");
    expect((await db.trigger.findUniqueOrThrow({ where: { id: trigger.id } })).lastRefusal).toBe("SIGNATURE_INVALID");
    const messageId = `msg_${uuid()}`;
    const answers = await Promise.all([trigger.call(body, { messageId }), trigger.call(body, { messageId })]);
    answers.push(await trigger.call(body, { messageId }));
    expect(answers.map(({ repeated }) => repeated).toSorted()).toEqual([false, true, true]);
    expect(new Set(answers.map(({ firingId, runId }) => `${firingId} ${runId}`)).size).toBe(1);
    expect(await db.run.count({ where: { deploymentId: id } })).toBe(1);

    const before = trigger.secret;
    const { call } = await open(id);
    await expectCode(call(order({ not: "text" })), "INPUT_WRONG_TYPE");
    await expectCode(call(order("tea", 9)), "INPUT_WRONG_TYPE");
    await expectCode(call("{}"), "INPUT_MISSING");
    await expectCode(call("{"), "INVALID_INPUT");
    // the secret before it is good for a day
    await expectCode(call("{", { sealedWith: before }), "INVALID_INPUT");
    await changeTrigger(scene.ctx, { id: trigger.id, enabled: false }, where);
    await expectCode(call(body), "TRIGGER_DISABLED");
    const nowhere = { triggerId: uuid(), headers: new Headers(), body, address: "192.0.2.1" };
    await expectCode(fireTrigger(testContext(db, { kind: "anonymous" }), nowhere, where), "NOT_FOUND");
  });

  test("begins nothing while it is paused, while its runs are not over, and in the name of nobody who may", async () => {
    const { id } = await deploy(webhook(), { title: "hang" });
    const { call } = await open(id);
    const first = await call(order("tea"));
    expect(await call(order("tea"))).toMatchObject({ state: "skipped", reason: "STILL_RUNNING", runId: null });
    const { runnerId, key, ctx } = scene;
    const pause = { deploymentId: id, paused: true };
    const signedManifest = await signManifest(key, await orderManifest(runnerId, "schedule.pause", pause));
    await pauseSchedule(ctx, { id, paused: true, signedManifest });
    expect(await call(order("tea"))).toMatchObject({ state: "skipped", reason: "PAUSED" });
    await until(async () => expect((await getDeployment(ctx, { id })).schedule?.asked).toBeNull());
    await db.deployment.update({ where: { id }, data: { schedulePausedAt: null, createdById: null } });
    expect(await call(order("tea"))).toMatchObject({ state: "skipped", reason: "NOT_ALLOWED" });
    expect((await firingsOf(id)).map(({ reason }) => reason)).toEqual(["NOT_ALLOWED", "PAUSED", "STILL_RUNNING", null]);
    expect(first.runId).not.toBeNull();
  });

  test("is told to come again when the server cannot tell whether its owner may, and begins then", async () => {
    const { id } = await deploy(webhook());
    const { call } = await open(id);
    const messageId = `msg_${uuid()}`;
    await db.$executeRaw`alter table "Member" rename to "Away"`;
    await expectCode(call(order("tea"), { messageId }), "INTERNAL").finally(() => db.$executeRaw`alter table "Away" rename to "Member"`);
    expect(await firingsOf(id)).toEqual([]);
    expect(await call(order("tea"), { messageId })).toMatchObject({ state: "fired", repeated: false });
  });

  test("of a workflow that was deleted is not there", async () => {
    const { id, workflowId } = await deploy(webhook());
    const { call } = await open(id);
    await db.workflow.update({ where: { id: workflowId }, data: { deletedAt: new Date() } });
    await expectCode(call(order("tea")), "NOT_FOUND");
    expect(await firingsOf(id)).toEqual([]);
  });

  test("that somebody ends is not there from then on, also before its runner has heard of it", async () => {
    const { id } = await deploy(webhook());
    const { call } = await open(id);
    await runner.stop();
    const { runnerId, key, ctx } = scene;
    const signedManifest = await signManifest(key, await orderManifest(runnerId, "schedule.remove", { deploymentId: id }));
    await removeSchedule(ctx, { id, signedManifest });
    await expectCode(call(order("tea")), "NOT_FOUND");
    expect((await getDeployment(ctx, { id })).schedule).toMatchObject({ removedAt: null, asked: { what: "remove", failureCode: null } });
  });

  test("is counted, and who deploys it says which inputs it may set: none that is secret, and none that is not there", async () => {
    const { id } = await deploy(webhook(1));
    const { call } = await open(id);
    await call(order("tea"));
    const refusal = await expectCode(call(order("tea")), "RATE_LIMITED");
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    for (const name of ["word", "price"]) {
      await expectCode(deploy({ kind: "webhook", inputs: { [name]: "a" }, perHour: 1 }), "SCHEDULE_INVALID");
    }
    const member = testContext(db, { kind: "user", userId: (await addMember(db, scene.projectId, "member")).id, sessionId: uuid() });
    expect((await listTriggers(member, { projectId: scene.projectId, limit: 10 }, where)).items).toHaveLength(1);
  });
});

describe("begun by hand", () => {
  const given = { item: "tea" };

  test.each<[string, ScheduleWhen]>([
    ["a schedule", { kind: "every", minutes: 60 }],
    ["a webhook", webhook()],
  ])("%s runs with what was given at deploying, as one more run of what was signed", async (_, when) => {
    const { id, signedManifest } = await deploy(when, { given, title: "hang" });
    const { ctx, runnerId, key, profile } = scene;
    await expectCode(runSchedule(ctx, { id }), "SIGNATURE_REQUIRED");
    const of = { runnerId, manifestId: readManifest(signedManifest)?.manifest.id ?? "", profileIds: [profile.id] };
    const begin = async () => runSchedule(ctx, { id, ...(await signReruns(of, (manifest) => signManifest(key, manifest))) });
    const { runIds } = await begin();
    await until(async () =>
      expect(await getRun(ctx, { id: runIds[0] ?? "" })).toMatchObject({ state: "running", begun: { byHand: true } }),
    );
    await expectCode(begin(), "RUN_NOT_FINISHED");
    expect(await firingsOf(id)).toMatchObject([{ state: "fired", reason: "BY_HAND", runIds }]);
  });
});

describe("a server in an attacker's hands", () => {
  /** A run in the name of a trigger as somebody makes it who has the database. */
  async function forge(made: { id: string; versionId: string }, triggered: object, profileId = scene.profile.id): Promise<string> {
    const { projectId, runnerId } = scene;
    const at = { projectId, runnerId, createdAt: new Date() };
    const run = await db.run.create({ data: { ...at, deploymentId: made.id, workflowVersionId: made.versionId, profileId } });
    const payload = { runId: run.id, profileId, workflowVersionId: made.versionId, triggered };
    await db.command.create({
      data: { ...at, kind: "run.start", runId: run.id, payload: payload as never, deadlineAt: new Date(Date.now() + 60_000) },
    });
    return run.id;
  }
  const firing = (given: object) => ({ firingId: uuid(), inputs: given });
  async function refused(runId: string, rule: string) {
    expect(await stateOf(runId)).toMatchObject({ state: "failed", failureCode: "POLICY_DENIED" });
    await until(async () => expect((await getRun(scene.ctx, { id: runId })).refusals).toMatchObject([{ kind: "signature", rule }]));
    expect(await db.runStep.count({ where: { runId } })).toBe(0);
  }
  const not = "no trigger on this computer lets the server begin it";

  test("begins what was signed to be begun so, and nothing else: other inputs, other profiles, a chain, what has no trigger", async () => {
    const made = await deploy(webhook());
    expect(await stateOf(await forge(made, firing({ item: "tea" })))).toMatchObject({ state: "succeeded" });
    await refused(await forge(made, firing({ word: "in clear" })), not);
    await refused(await forge(made, firing({ count: 9 })), not);
    await refused(await forge(made, firing({}), scene.other.id), not);
    await refused(await forge(made, { ...firing({}), chain: [] }), not);
    const started = await deploy({ kind: "start" }, { given: { item: "tea" } });
    await refused(await forge(started, firing({})), not);
  });

  test("cannot begin it more often in an hour than was signed, nor a firing twice", async () => {
    const made = await deploy(webhook(1));
    const only = firing({ item: "tea" });
    expect(await stateOf(await forge(made, only))).toMatchObject({ state: "succeeded" });
    await refused(await forge(made, only), not);
    await refused(await forge(made, firing({ item: "tea" })), not);
  });

  test("cannot begin it after its owner has ended it, or with other inputs underneath", async () => {
    const made = await deploy(webhook(), { given: { item: "tea" } });
    await db.deployment.update({ where: { id: made.id }, data: { inputs: { item: "tea", count: 3 } } });
    await refused(await forge(made, firing({})), not);
    await db.deployment.update({ where: { id: made.id }, data: { inputs: { item: "tea", count: 1 } } });
    const { runnerId, key, ctx } = scene;
    const remove = { deploymentId: made.id };
    const signedManifest = await signManifest(key, await orderManifest(runnerId, "schedule.remove", remove));
    await removeSchedule(ctx, { id: made.id, signedManifest });
    await until(async () => expect(await db.command.count({ where: { runnerId, kind: "schedule.remove", state: "succeeded" } })).toBe(1));
    await refused(await forge(made, firing({})), not);
  });
});

describe("after another workflow", () => {
  const comesAfter = (workflowId: string, on: "success" | "failure" | "either" = "success", sameProfile = false): ScheduleWhen => ({
    kind: "after",
    workflowId,
    on,
    inputs: {},
    sameProfile,
  });
  const given = { item: "tea" };

  test("a run begins when the other's has ended as it says, and on its profile only when it says so", async () => {
    const good = await deploy(webhook(), { given });
    const bad = await deploy(webhook(), { title: "secret", given });
    const both = { profileIds: [scene.profile.id, scene.other.id], given };
    const onSuccess = await deploy(comesAfter(good.workflowId), both);
    const same = await deploy(comesAfter(good.workflowId, "either", true), both);
    const onFailure = await deploy(comesAfter(bad.workflowId, "failure"), { given });
    const never = await deploy(comesAfter(bad.workflowId, "success"), { given });
    await (await open(good.id)).call("{}");
    await (await open(bad.id)).call("{}");
    const runs = async (id: string) => (await firingsOf(id)).map(({ state, runIds }) => `${state} ${runIds.length}`);
    await until(async () => {
      expect([await runs(onSuccess.id), await runs(same.id), await runs(onFailure.id)]).toEqual([["fired 2"], ["fired 1"], ["fired 1"]]);
    });
    expect(await runs(never.id)).toEqual([]);
  });

  test("a circle ends where it would begin itself again, and says why", async () => {
    const start = await deploy(webhook(), { given });
    const second = await deploy(comesAfter(start.workflowId), { given });
    const { ctx, projectId, runnerId, key, profile } = scene;
    // the first workflow once more, after the second
    const recording = recordingOf("look");
    const schedule = {
      when: comesAfter(second.workflowId),
      jitterSeconds: 0,
      overlap: "queue" as const,
      missed: { policy: "skip" as const },
    };
    const sent = { ...given, count: 1 };
    const of = { runnerId, workflow: { id: start.workflowId, version: 1 }, recording, profileIds: [profile.id], inputs: sent, schedule };
    const signedManifest = await signManifest(key, await deployManifest(of));
    const input = {
      projectId,
      workflowId: start.workflowId,
      version: 1,
      runnerId,
      profileIds: [profile.id],
      inputs: sent,
      schedule,
      signedManifest,
    };
    const third = await createDeployment(ctx, input);
    await until(async () => expect((await getDeployment(ctx, third)).schedule?.installedAt).not.toBeNull());
    await (await open(start.id)).call("{}");
    await until(async () => {
      expect((await firingsOf(second.id)).map(({ reason }) => reason)).toEqual(["LOOP", null]);
      expect((await firingsOf(third.id)).map(({ state }) => state)).toEqual(["fired"]);
    });
    await expectCode(
      createDeployment(ctx, { ...input, schedule: { ...schedule, when: comesAfter(start.workflowId) } }),
      "SCHEDULE_INVALID",
    );
  });
});
