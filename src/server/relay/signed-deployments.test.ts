import path from "node:path";
import type { Manifest } from "@deskhand/shared/schemas/manifest";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Schedule } from "@deskhand/shared/schemas/schedule";
import { deleteProfileManifest, deployManifest, orderManifest, rerunManifest, signManifest } from "@deskhand/shared/signing/make-manifest";
import { signRenewal } from "@deskhand/shared/signing/sign-renewal";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { v7 as uuid } from "uuid";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { pauseSchedule } from "@/server/domain/deployment/change-schedule";
import { changeTerms, getTerms } from "@/server/domain/deployment/change-terms";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { getDeployment } from "@/server/domain/deployment/queries";
import { getRenewal, renewSchedule } from "@/server/domain/deployment/renew-schedule";
import { createParcel } from "@/server/domain/parcel/create-parcel";
import { configureProfiles } from "@/server/domain/profile/configure-profiles";
import { exportProfile } from "@/server/domain/profile/export-profile";
import { getRun } from "@/server/domain/run/queries";
import { rerunRun } from "@/server/domain/run/rerun-run";
import { getSigningKey } from "@/server/domain/signing-key/queries";
import { requestSigner } from "@/server/domain/signing-key/request-signer";
import { revokeSigningKey } from "@/server/domain/signing-key/revoke-signing-key";
import { addWorkflowVersion } from "@/server/domain/workflow/add-workflow-version";
import { hashSecret } from "@/server/secrets";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile, createWorkflow, testContext } from "@/server/testing/factories";
import { changePolicy, createRunnerFolder, decideKey, type Runner, saveProfileState, startRealRunner } from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { createSigningKey, makeSigningKey } from "@/server/testing/signing-key";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

/**
 * The claims of docs/threat-model.md, each against a real runner: whoever has the server and its database in their hands (here: who writes
 * to it past the use cases) cannot make a runner do what its owner did not sign. Only the browser is not there.
 */

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let scene: Awaited<ReturnType<typeof createSignedScene>>;
let runner: Runner;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  folder = await createRunnerFolder(server.url);
  changePolicy(folder.home, { signatures: "required" });
  scene = await createSignedScene();
  runner = startRealRunner(folder.home);
  await approve(scene.signingKey);
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

const recording: Recording = {
  title: "look",
  inputs: { properties: { item: { type: "string", default: "tea" } } },
  steps: [{ type: "navigate", url: "about:blank" }],
};

async function createSignedScene() {
  const { project, projectId, actor, runner } = await createRealScene(db, folder);
  const runnerId = runner.id;
  const [profile, other] = await Promise.all([1, 2].map(() => createProfile(db, { projectId, runnerId })));
  if (!profile || !other) throw new Error("no profile");
  const workflow = await createWorkflow(db, { projectId, recording });
  const key = makeSigningKey(projectId);
  const signingKey = await createSigningKey(db, key, { projectId, createdById: project.owner.id });
  const ctx = testContext(db, actor);
  return { ctx, projectId, runnerId, profile, other, workflow, key, signingKey };
}

const until = (check: () => Promise<void>) => vi.waitFor(check);
const statusOf = async ({ id }: { id: string }) => (await getSigningKey(scene.ctx, { id })).runners[0]?.status;

async function approve(key: { id: string; keyId: string }) {
  await requestSigner(scene.ctx, { id: folder.runnerId, signingKeyId: key.id });
  await until(async () => expect(await statusOf(key)).toBe("pending"));
  decideKey(folder.home, key.keyId, "approved");
  await until(async () => expect(await statusOf(key)).toBe("approved"));
}

/** What a browser sends: the deployment and its signature. */
async function signedDeployment(profileIds = [scene.profile.id], key = scene.key) {
  const { projectId, runnerId, workflow } = scene;
  const inputs = { item: "tea" };
  const manifest = await deployManifest({ runnerId, workflow: { id: workflow.id, version: 1 }, recording, profileIds, inputs });
  const signedManifest = await signManifest(key, manifest);
  return { manifest, input: { projectId, workflowId: workflow.id, version: 1, runnerId, profileIds, inputs, signedManifest } };
}

const ended = (id = "", state: string, code: string | null = null) =>
  until(async () => expect(await getRun(scene.ctx, { id })).toMatchObject({ state, failureCode: code }));

async function refusedFor(id: string | undefined, rule: string) {
  await ended(id, "failed", "POLICY_DENIED");
  await until(async () => {
    expect((await getRun(scene.ctx, { id: id ?? "" })).refusals).toMatchObject([{ kind: "signature", rule, fatal: true }]);
  });
  // nothing of it was begun
  expect(await db.runStep.count({ where: { runId: id } })).toBe(0);
}

/** A run as somebody makes it who has the database: whatever the use cases would refuse. */
async function forge(part: { profileId?: string; signedManifest?: string | null; payload?: object } = {}): Promise<string> {
  const { projectId, runnerId, workflow } = scene;
  const profileId = part.profileId ?? scene.profile.id;
  const at = { projectId, runnerId, createdAt: new Date() };
  const deployment = await db.deployment.create({
    data: {
      ...at,
      workflowVersionId: workflow.version.id,
      inputs: { item: "tea" },
      requestHash: uuid(),
      signedManifest: part.signedManifest ?? null,
    },
  });
  const run = await db.run.create({
    data: { ...at, deploymentId: deployment.id, workflowVersionId: workflow.version.id, profileId },
  });
  const payload = { runId: run.id, profileId, workflowVersionId: workflow.version.id, ...part.payload };
  await db.command.create({
    data: { ...at, kind: "run.start", runId: run.id, payload, deadlineAt: new Date(Date.now() + 60_000) },
  });
  return run.id;
}

test("a deployment that its owner signed runs, and says who signed it", async () => {
  const { input } = await signedDeployment([scene.profile.id, scene.other.id]);
  const { runIds } = await createDeployment(scene.ctx, input);
  for (const id of runIds) await ended(id, "succeeded");
});

describe("a server in an attacker's hands", () => {
  test("cannot run what nobody signed", async () => {
    await refusedFor(await forge(), "it was not signed");
  });

  test("cannot run anything in the name of a key that the device did not approve", async () => {
    const { input } = await signedDeployment([scene.profile.id], makeSigningKey(scene.projectId));
    await refusedFor(await forge({ signedManifest: input.signedManifest }), "the key was not approved here");
  });

  test("cannot approve a key by saying so", async () => {
    const key = makeSigningKey(scene.projectId);
    const { id } = await createSigningKey(db, key, { projectId: scene.projectId, createdById: scene.signingKey.createdById });
    await db.runnerSigner.create({
      data: {
        runnerId: scene.runnerId,
        signingKeyId: id,
        status: "approved",
        proof: "x".repeat(43),
        requestedAt: new Date(),
        changedAt: new Date(),
      },
    });
    const { input } = await signedDeployment([scene.profile.id], key);
    await refusedFor(await forge({ signedManifest: input.signedManifest }), "the key was not approved here");
  });

  test("cannot change what was signed: the steps, the inputs, the profile", async () => {
    const { input } = await signedDeployment();
    const { signedManifest } = input;
    const changed = "what came is not what was signed";
    await refusedFor(await forge({ signedManifest, profileId: scene.other.id }), changed);
    const version = { where: { id: scene.workflow.version.id } };
    const more = [...recording.steps, { type: "navigate", url: "https://evil.example" }];
    await db.workflowVersion.update({ ...version, data: { content: { ...recording, steps: more } as never } });
    await refusedFor(await forge({ signedManifest }), changed);
  });

  test("cannot have it done twice: not again, not as a rerun, not by sending the command under another id", async () => {
    const { input } = await signedDeployment();
    const [id] = (await createDeployment(scene.ctx, input)).runIds;
    await ended(id, "succeeded");
    const replayed = "it was signed for one run only, which was had";
    await refusedFor(await forge({ signedManifest: input.signedManifest }), replayed);
    await refusedFor(
      await forge({ signedManifest: input.signedManifest, payload: { signedRerun: input.signedManifest } }),
      "what came is not what was signed",
    );
  });

  test("cannot have it done by another runner of the same owner", async () => {
    const { manifest } = await signedDeployment();
    const elsewhere = await signManifest(scene.key, { ...manifest, runnerId: uuid() });
    await refusedFor(await forge({ signedManifest: elsewhere }), "it was signed for another runner");
  });

  test("cannot keep it for later", async () => {
    const { manifest } = await signedDeployment();
    const old = await signManifest(scene.key, { ...manifest, signedAt: manifest.signedAt - 1_000_000, expiresAt: Date.now() - 1 });
    await refusedFor(await forge({ signedManifest: old }), "the signature has expired");
  });

  test("cannot delete a profile's state", async () => {
    const { projectId, runnerId, profile } = scene;
    const { id } = await db.command.create({
      data: {
        projectId,
        runnerId,
        kind: "profile.delete",
        payload: { profileId: profile.id },
        createdAt: new Date(),
        deadlineAt: new Date(Date.now() + 60_000),
      },
    });
    await until(async () =>
      expect(await db.command.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: "failed", failureCode: "POLICY_DENIED" }),
    );
    const signedManifest = await signManifest(scene.key, deleteProfileManifest(runnerId, profile.id));
    const signed = await db.command.create({
      data: {
        projectId,
        runnerId,
        kind: "profile.delete",
        payload: { profileId: profile.id, signedManifest },
        createdAt: new Date(),
        deadlineAt: new Date(Date.now() + 60_000),
      },
    });
    await until(async () => expect((await db.command.findUniqueOrThrow({ where: { id: signed.id } })).state).toBe("succeeded"));
  });

  test("cannot change what a profile is like, nor have an order for one thing do another", async () => {
    const { projectId, runnerId, profile } = scene;
    const payload = { profiles: [{ profileId: profile.id, revision: 1, settings: { ...defaultSettings, engine: "dedicated" as const } }] };
    const ask = async (kind: string, asked: object) => {
      const times = { createdAt: new Date(), deadlineAt: new Date(Date.now() + 60_000) };
      return (await db.command.create({ data: { projectId, runnerId, kind, payload: asked, ...times } })).id;
    };
    const endsAs = (id: string, end: object) =>
      until(async () => expect(await db.command.findUniqueOrThrow({ where: { id } })).toMatchObject(end));
    const refused = { state: "failed", failureCode: "POLICY_DENIED" };
    await endsAs(await ask("profile.configure", payload), refused);
    const signedManifest = await signManifest(scene.key, await orderManifest(runnerId, "profile.configure", payload));
    const other = { profiles: payload.profiles.map((one) => ({ ...one, settings: { engine: "shared" } })) };
    await endsAs(await ask("profile.configure", { ...other, signedManifest }), refused);
    await endsAs(await ask("profile.delete", { profileId: profile.id, signedManifest }), refused);
    const known = { ctx: scene.ctx, input: { projectId, runnerId, profiles: payload.profiles } };
    await expectCode(configureProfiles(known.ctx, known.input), "SIGNATURE_REQUIRED");
    await configureProfiles(known.ctx, { ...known.input, signedManifest });
    await until(async () =>
      expect(await db.profile.findUniqueOrThrow({ where: { id: profile.id } })).toMatchObject({ revision: 1, appliedRevision: 1 }),
    );
    await expectCode(configureProfiles(known.ctx, { ...known.input, signedManifest }), "CONFLICT");
  });
});

test("a profile's cookies leave the runner only to whom a person signed for", async () => {
  const { ctx, projectId, runnerId, profile, key } = scene;
  await saveProfileState(path.join(folder.home.profilesFolder, profile.id), { cookies: [], origins: [] });
  const token = "t".repeat(43);
  const { id: parcelId } = await createParcel(ctx, { projectId, tokenHash: hashSecret(token) });
  const recipientOf = async () => identityToRecipient(await generateX25519Identity());
  const wanted = { parcelId, token, format: "storage-state" as const, name: null, recipient: await recipientOf() };
  const payload = { profileId: profile.id, ...wanted };
  const signedManifest = await signManifest(key, await orderManifest(runnerId, "profile.export", payload));
  const times = { createdAt: new Date(), deadlineAt: new Date(Date.now() + 60_000) };
  const forged = [payload, { ...payload, signedManifest, recipient: await recipientOf() }];
  for (const asked of forged) {
    const { id } = await db.command.create({ data: { projectId, runnerId, kind: "profile.export", payload: asked, ...times } });
    const end = { state: "failed", failureCode: "POLICY_DENIED" };
    await until(async () => expect(await db.command.findUniqueOrThrow({ where: { id } })).toMatchObject(end));
  }
  expect(await db.parcel.findUniqueOrThrow({ where: { id: parcelId } })).toMatchObject({ bytes: null });
  await expectCode(exportProfile(ctx, { id: profile.id, ...wanted }), "SIGNATURE_REQUIRED");
  const { id } = await exportProfile(ctx, { id: profile.id, ...wanted, signedManifest });
  await until(async () => expect((await db.command.findUniqueOrThrow({ where: { id } })).state).toBe("succeeded"));
});

test("a run is had again only when that was signed, each time", async () => {
  const { input, manifest } = await signedDeployment();
  const [id = ""] = (await createDeployment(scene.ctx, input)).runIds;
  await ended(id, "succeeded");
  await expectCode(rerunRun(scene.ctx, { id }), "SIGNATURE_REQUIRED");
  const signedManifest = await signManifest(scene.key, rerunManifest(scene.runnerId, manifest.id, scene.profile.id));
  const again = await rerunRun(scene.ctx, { id, signedManifest });
  await ended(again.id, "succeeded");
  await refusedFor((await rerunRun(scene.ctx, { id, signedManifest })).id, "it was signed for one run only, which was had");
});

test("a newer version takes a paused schedule's place with what a person signed, and nothing else ends the older", async () => {
  const { ctx, projectId, runnerId, profile, workflow, key } = scene;
  const schedule: Schedule = { when: { kind: "every", minutes: 60 }, jitterSeconds: 0, overlap: "queue", missed: { policy: "skip" } };
  const asked = {
    runnerId,
    workflow: { id: workflow.id, version: 1 },
    recording,
    profileIds: [profile.id],
    inputs: { item: "milk" },
    schedule,
  };
  const signedManifest = await signManifest(key, await deployManifest(asked));
  const { inputs, profileIds } = asked;
  const old = await createDeployment(ctx, { projectId, workflowId: workflow.id, runnerId, profileIds, inputs, schedule, signedManifest });
  const scheduleOf = async (id: string) => (await getDeployment(ctx, { id })).schedule;
  await until(async () => expect((await scheduleOf(old.id))?.installedAt).not.toBeNull());
  const sign = (manifest: Manifest) => signManifest(key, manifest);
  const pause = await sign(await orderManifest(runnerId, "schedule.pause", { deploymentId: old.id, paused: true }));
  await pauseSchedule(ctx, { id: old.id, paused: true, signedManifest: pause });
  await until(async () => expect((await scheduleOf(old.id))?.pausedAt).not.toBeNull());
  const newer: Recording = { ...recording, title: "newer" };
  await addWorkflowVersion(ctx, { id: workflow.id, recording: JSON.stringify(newer) });

  await expectCode(renewSchedule(ctx, { id: old.id, inputs: {} }), "SIGNATURE_REQUIRED");
  const renewal = await getRenewal(ctx, old);
  expect(renewal).toMatchObject({ version: 2, profiles: [{ id: profile.id, name: profile.name }], inputs: { item: "milk" }, paused: true });
  const signed = await signRenewal(renewal, newer, sign);
  // the end of the older one was signed for the newer's sake: with another in its place the runner keeps it
  const { newId: _, ...unnamed } = signed;
  await expectCode(renewSchedule(ctx, { id: old.id, inputs: {}, ...unnamed }), "MANIFEST_INVALID");
  await expectCode(renewSchedule(ctx, { id: old.id, inputs: {}, ...signed, signedPause: undefined }), "SIGNATURE_REQUIRED");
  const { id } = await renewSchedule(ctx, { id: old.id, inputs: {}, ...signed });
  expect(id).toBe(signed.newId);
  await until(async () => expect((await scheduleOf(old.id))?.removedAt).not.toBeNull());
  await until(async () => expect(await scheduleOf(id)).toMatchObject({ pausedAt: expect.any(String), failureCode: null, asked: null }));

  const terms = await getTerms(ctx, { id });
  const other = { inputs: { item: "bread" }, schedule: { ...schedule, when: { kind: "every" as const, minutes: 7 } } };
  const change = { id, ...other, leaveOut: [], ...(await signRenewal({ ...terms, ...other }, newer, sign)) };
  await expectCode(changeTerms(ctx, { ...change, signedManifest: undefined }), "SIGNATURE_REQUIRED");
  await expectCode(changeTerms(ctx, { ...change, inputs: { item: "gold" } }), "MANIFEST_INVALID");
  await expectCode(changeTerms(ctx, { ...change, schedule }), "MANIFEST_INVALID");
  const last = await changeTerms(ctx, change);
  await until(async () => expect((await scheduleOf(id))?.removedAt).not.toBeNull());
  await until(async () =>
    expect(await scheduleOf(last.id)).toMatchObject({ ...other.schedule, pausedAt: expect.any(String), asked: null }),
  );
});

test("a key that was revoked signs nothing any more, also for a command that waits", async () => {
  changePolicy(folder.home, { paused: true });
  const { input } = await signedDeployment();
  const [id] = (await createDeployment(scene.ctx, input)).runIds;
  await until(async () => expect((await getRun(scene.ctx, { id: id ?? "" })).state).toBe("accepted"));
  await revokeSigningKey(scene.ctx, scene.signingKey);
  await until(async () => expect(await statusOf(scene.signingKey)).toBe("revoked"));
  changePolicy(folder.home, { paused: false });
  await refusedFor(id, "the key was revoked");
  await expectCode(createDeployment(scene.ctx, (await signedDeployment()).input), "MANIFEST_INVALID");
});

test("what will be refused is refused at the edge, before anything is queued", async () => {
  const { input } = await signedDeployment();
  const { signedManifest, ...unsigned } = input;
  await expectCode(createDeployment(scene.ctx, unsigned), "SIGNATURE_REQUIRED");
  await expectCode(createDeployment(scene.ctx, { ...input, profileIds: [scene.other.id] }), "MANIFEST_INVALID");
  await expectCode(createDeployment(scene.ctx, { ...input, inputs: { item: "gold" } }), "MANIFEST_INVALID");
  await expectCode(createDeployment(scene.ctx, { ...input, signedManifest: `${signedManifest}A` }), "MANIFEST_INVALID");
  const key = makeSigningKey(scene.projectId);
  await createSigningKey(db, key, { projectId: scene.projectId, createdById: scene.signingKey.createdById });
  await expectCode(createDeployment(scene.ctx, (await signedDeployment([scene.profile.id], key)).input), "SIGNER_NOT_APPROVED");
  expect(await db.deployment.count({ where: { projectId: scene.projectId } })).toBe(0);
});

test("an owner who does without signatures says so on the device, and the dashboard hears of it", async () => {
  const required = async () => (await db.runner.findUniqueOrThrow({ where: { id: scene.runnerId } })).signaturesRequired;
  await until(async () => expect(await required()).toBe(true));
  changePolicy(folder.home, { signatures: "optional" });
  await until(async () => expect(await required()).toBe(false));
  await ended(await forge(), "succeeded");
});
