import { existsSync } from "node:fs";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { configureProfiles } from "@/server/domain/profile/configure-profiles";
import { orderProfile } from "@/server/domain/profile/order-profile";
import { getProfile } from "@/server/domain/profile/queries";
import { cancelMove } from "@/server/domain/profile-move/cancel-move";
import { claimProfile } from "@/server/domain/profile-move/claim-profile";
import { moveProfiles } from "@/server/domain/profile-move/move-profiles";
import { getMove, listMoves } from "@/server/domain/profile-move/queries";
import { getRun } from "@/server/domain/run/queries";
import { getSigningKey } from "@/server/domain/signing-key/queries";
import { requestSigner } from "@/server/domain/signing-key/request-signer";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile, createRunner, createWorkflow, testContext } from "@/server/testing/factories";
import { orderMove } from "@/server/testing/order-move";
import {
  changePolicy,
  createRunnerFolder,
  decideKey,
  loadIdentity,
  loadProfileState,
  type Runner,
  saveProfileState,
  startRealRunner,
  writeBundle,
} from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { createSigningKey, makeSigningKey } from "@/server/testing/signing-key";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

type Folder = Awaited<ReturnType<typeof createRunnerFolder>>;
let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folders: { from: Folder; to: Folder };
let scene: Awaited<ReturnType<typeof makeScene>>;
const running = new Map<Folder, Runner>();

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  folders = { from: await createRunnerFolder(server.url), to: await createRunnerFolder(server.url) };
  scene = await makeScene();
});
afterEach(async () => {
  for (const folder of running.keys()) await stop(folder);
  await server.close();
  for (const folder of Object.values(folders)) folder.remove();
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

function start(...wanted: Folder[]): void {
  for (const folder of wanted) running.set(folder, startRealRunner(folder.home));
}

async function stop(folder: Folder): Promise<void> {
  await running.get(folder)?.stop();
  running.delete(folder);
}

async function makeScene() {
  const { project, projectId, actor, runner } = await createRealScene(db, folders.from);
  const { runnerId: id, publicKey, fingerprint } = folders.to;
  const target = await createRunner(db, { projectId, id, publicKey, fingerprint });
  for (const folder of Object.values(folders)) {
    const sealRecipient = loadIdentity(folder.home)?.sealRecipient ?? "";
    await db.runner.update({ where: { id: folder.runnerId }, data: { sealRecipient } });
  }
  const profile = await createProfile(db, { projectId, runnerId: runner.id, tags: ["shop"] });
  const ctx = testContext(db, actor);
  const key = makeSigningKey(projectId);
  const signingKey = await createSigningKey(db, key, { projectId, createdById: project.owner.id });
  return { ctx, projectId, from: runner.id, to: target.id, profile, key, signingKey };
}

const secretValue = "the-secret-of-the-session";
const cookie = { name: "session", value: secretValue, domain: "example.com", path: "/", expires: -1, httpOnly: true, secure: true };
const state = { cookies: [{ ...cookie, sameSite: "Lax" as const }], origins: [] };
const dirOf = (folder: Folder, id: string) => path.join(folder.home.profilesFolder, id);
const asideOf = (folder: Folder, id: string) => path.join(folder.home.deletedProfilesFolder, id);
const until = (check: () => unknown) => vi.waitFor(check, { interval: 20 });

/** What a person's page makes. */
const order = (profileId: string, { isSigned = false } = {}) =>
  orderMove(db, { profileId, from: scene.from, to: scene.to, ...(isSigned && { key: scene.key }) });

async function begin(profileIds: string[], options = {}) {
  const moves = await Promise.all(profileIds.map((id) => order(id, options)));
  return moveProfiles(scene.ctx, { projectId: scene.projectId, runnerId: scene.to, moves });
}

async function ended(id = "") {
  return until(async () => {
    const move = await getMove(scene.ctx, { id });
    expect(move.finishedAt).not.toBeNull();
    return move;
  }) as unknown as ReturnType<typeof getMove>;
}

test("a profile goes to another runner with all that it is, and back again", async () => {
  const { ctx, projectId, profile, from, to } = scene;
  await saveProfileState(dirOf(folders.from, profile.id), state);
  start(folders.from, folders.to);
  const settings = { ...defaultSettings, onMismatch: "block" as const };
  await configureProfiles(ctx, { projectId, runnerId: from, profiles: [{ profileId: profile.id, revision: 1, settings }] });
  await until(async () => expect(await getProfile(ctx, profile)).toMatchObject({ appliedRevision: 1 }));
  const begun = await begin([profile.id]);
  expect(begun).toMatchObject({ done: 1, refused: [], proxiesToEnter: [] });
  expect(await ended(begun.moves[0]?.id)).toMatchObject({ state: "moved", failureCode: null });
  const arrived = { runnerId: to, moveId: null, tags: ["shop"], settings, revision: 1, appliedRevision: 1 };
  expect(await getProfile(ctx, profile)).toMatchObject({ ...arrived, stateBytes: expect.any(Number) });
  expect((await loadProfileState(dirOf(folders.to, profile.id))).state?.cookies).toMatchObject([{ value: secretValue }]);
  await until(() => expect(existsSync(dirOf(folders.from, profile.id))).toBe(false));
  expect(existsSync(asideOf(folders.from, profile.id))).toBe(true);
  expect(await db.parcel.count({ where: { projectId } })).toBe(0);
  const kept = await db.profileMove.findFirstOrThrow({ where: { profileId: profile.id } });
  expect(kept.orders).toEqual({});

  const workflow = await createWorkflow(db, { projectId });
  const { runIds } = await createDeployment(ctx, {
    projectId,
    workflowId: workflow.id,
    runnerId: to,
    profileIds: [profile.id],
    inputs: {},
  });
  await until(async () => expect(await getRun(ctx, { id: runIds[0] ?? "" })).toMatchObject({ state: "succeeded" }));

  await until(async () => expect(await getProfile(ctx, profile)).toMatchObject({ holder: null }));

  // and back again, where it was put aside
  [scene.from, scene.to] = [to, from];
  const back = await begin([profile.id]);
  expect(await ended(back.moves[0]?.id)).toMatchObject({ state: "moved" });
  expect((await loadProfileState(dirOf(folders.from, profile.id))).state?.cookies).toMatchObject([{ value: secretValue }]);
  await until(() => expect(existsSync(dirOf(folders.to, profile.id))).toBe(false));
  expect(existsSync(asideOf(folders.from, profile.id))).toBe(false);
});

test("one that was never used goes too; what is in use, on a schedule or on its way already stays, each with why", async () => {
  const { ctx, projectId, profile, from } = scene;
  const others = await Promise.all(Array.from({ length: 14 }, () => createProfile(db, { projectId, runnerId: from })));
  const [busy, scheduled, ...free] = others;
  const workflow = await createWorkflow(db, { projectId });
  const deploy = { projectId, workflowId: workflow.id, runnerId: from, inputs: {} };
  await createDeployment(ctx, { ...deploy, profileIds: [busy?.id ?? ""] });
  const schedule = { when: { kind: "every", minutes: 60 }, jitterSeconds: 0, overlap: "skip", missed: { policy: "skip" } } as const;
  await createDeployment(ctx, { ...deploy, profileIds: [scheduled?.id ?? ""], schedule });
  const first = await begin([profile.id]);
  await expectCode(createDeployment(ctx, { ...deploy, profileIds: [profile.id] }), "PROFILE_MOVING");
  await expectCode(orderProfile(ctx, { id: profile.id, order: { kind: "close" } }), "PROFILE_MOVING");
  const begun = await begin([profile, ...others].map(({ id }) => id));
  expect(begun.done).toBe(free.length);
  const why = ["PROFILE_MOVING", "PROFILE_IN_USE", "PROFILE_SCHEDULED"];
  const codes = new Map(begun.refused.map(({ id, code }) => [id, code]));
  expect([profile, busy, scheduled].map((one) => codes.get(one?.id ?? ""))).toEqual(why);
  // some of them wait: not more than ten files lie with the server
  const states = (await listMoves(ctx, { projectId, limit: 50, state: "active" })).items.map((move) => move.state);
  expect(states.filter((one) => one === "sending")).toHaveLength(10);
  expect(states.filter((one) => one === "waiting")).toHaveLength(free.length + 1 - 10);
  start(folders.from, folders.to);
  for (const { id } of [...first.moves, ...begun.moves]) expect(await ended(id)).toMatchObject({ state: "moved" });
  expect(await getProfile(ctx, profile)).toMatchObject({ runnerId: scene.to, stateSavedAt: null });
});

test("whatever is interrupted, it is one runner's: the first one's until the other has it", async () => {
  const { ctx, profile, from, to } = scene;
  await saveProfileState(dirOf(folders.from, profile.id), state);
  start(folders.from);
  const begun = await begin([profile.id]);
  const id = begun.moves[0]?.id ?? "";
  const isTaking = () => until(async () => expect(await getMove(ctx, { id })).toMatchObject({ state: "taking" }));
  await isTaking();
  await until(async () => expect(await getProfile(ctx, profile)).toMatchObject({ runnerId: from, holder: { kind: "task" } }));
  // what lies with the server, and what it was asked to pass on, is nothing that it can read
  const chunks = await db.parcelChunk.findMany({ where: { parcelId: id } });
  expect(chunks.length).toBeGreaterThan(0);
  const commands = await db.command.findMany({ where: { projectId: scene.projectId } });
  const lies = [...chunks.map(({ data }) => Buffer.from(data).toString("latin1")), JSON.stringify(commands.map(({ payload }) => payload))];
  expect(lies.join("")).not.toContain(secretValue);
  // the one that it leaves goes away and comes back: it keeps its word
  await stop(folders.from);
  start(folders.from);
  await isTaking();
  start(folders.to);
  expect(await ended(id)).toMatchObject({ state: "moved" });
  expect(await getProfile(ctx, profile)).toMatchObject({ runnerId: to });
  await until(() => expect(existsSync(dirOf(folders.from, profile.id))).toBe(false));
});

test("one that is given up stays, and can be used there at once", async () => {
  const { ctx, projectId, profile, from } = scene;
  await saveProfileState(dirOf(folders.from, profile.id), state);
  start(folders.from);
  const begun = await begin([profile.id]);
  const id = begun.moves[0]?.id ?? "";
  await until(async () => expect(await getMove(ctx, { id })).toMatchObject({ state: "taking" }));
  await cancelMove(ctx, { id });
  expect(await ended(id)).toMatchObject({ state: "cancelled" });
  await expectCode(cancelMove(ctx, { id }), "CONFLICT");
  const workflow = await createWorkflow(db, { projectId });
  const { runIds } = await createDeployment(ctx, {
    projectId,
    workflowId: workflow.id,
    runnerId: from,
    profileIds: [profile.id],
    inputs: {},
  });
  await until(async () => expect(await getRun(ctx, { id: runIds[0] ?? "" })).toMatchObject({ state: "succeeded" }));
  start(folders.to);
  expect((await loadProfileState(dirOf(folders.from, profile.id))).state?.cookies).toHaveLength(1);
  expect(existsSync(dirOf(folders.to, profile.id))).toBe(false);
});

test("a runner that has a copy from a backup gets the profile when it is claimed for it, and only then", async () => {
  const { ctx, profile, from, to } = scene;
  start(folders.from, folders.to);
  const claim = async () => ended((await claimProfile(ctx, { id: profile.id, runnerId: to })).id);
  expect(await claim()).toMatchObject({ state: "failed", failureCode: "PROFILE_GONE" });
  expect(await getProfile(ctx, profile)).toMatchObject({ runnerId: from, moveId: null });
  // as `deskhand backup restore` leaves it; the computer where it was is gone
  await saveProfileState(dirOf(folders.to, profile.id), state);
  await saveProfileState(dirOf(folders.from, profile.id), { cookies: [], origins: [] });
  await stop(folders.from);
  expect(await claim()).toMatchObject({ state: "moved" });
  expect(await getProfile(ctx, profile)).toMatchObject({ runnerId: to, stateBytes: expect.any(Number) });
  await expectCode(claimProfile(ctx, { id: profile.id, runnerId: to }), "CONFLICT");
  // when it comes back after all, its own is put aside
  start(folders.from);
  await until(() => expect(existsSync(asideOf(folders.from, profile.id))).toBe(true));
  expect((await loadProfileState(dirOf(folders.to, profile.id))).state?.cookies).toHaveLength(1);
});

test("runners that demand signatures do nothing of it without, and take no file that the server has made", async () => {
  const { ctx, profile, signingKey } = scene;
  await saveProfileState(dirOf(folders.from, profile.id), state);
  for (const folder of Object.values(folders)) changePolicy(folder.home, { signatures: "required" });
  start(folders.from, folders.to);
  for (const folder of Object.values(folders)) {
    const status = async () => (await getSigningKey(ctx, signingKey)).runners.find(({ runnerId }) => runnerId === folder.runnerId)?.status;
    await requestSigner(ctx, { id: folder.runnerId, signingKeyId: signingKey.id });
    await until(async () => expect(await status()).toBe("pending"));
    decideKey(folder.home, signingKey.keyId, "approved");
    await until(async () => expect(await status()).toBe("approved"));
  }
  await expectCode(begin([profile.id]), "SIGNATURE_REQUIRED");

  // the server knows the recipient, and not the word
  await stop(folders.to);
  const exchanged = await begin([profile.id], { isSigned: true });
  expect(exchanged).toMatchObject({ done: 1, refused: [] });
  const parcelId = exchanged.moves[0]?.id ?? "";
  await until(async () => expect(await getMove(ctx, { id: parcelId })).toMatchObject({ state: "taking" }));
  const { sealRecipient } = await db.runner.findUniqueOrThrow({ where: { id: scene.to } });
  const content = { name: null, createdAt: Date.now(), settings: defaultSettings, state, userData: undefined };
  const move = { word: "A".repeat(43), revision: 0, stateSavedAt: null, flags: [] };
  const data = new Uint8Array(await buffer(await writeBundle({ ...content, move }, { recipients: [sealRecipient] })));
  await db.parcelChunk.deleteMany({ where: { parcelId } });
  await db.parcelChunk.create({ data: { parcelId, index: 0, data } });
  await db.parcel.update({ where: { id: parcelId }, data: { bytes: data.length } });
  start(folders.to);
  expect(await ended(parcelId)).toMatchObject({ state: "failed", failureCode: "BUNDLE_INVALID" });
  await until(async () => expect(await getProfile(ctx, profile)).toMatchObject({ runnerId: scene.from, moveId: null, holder: null }));

  const begun = await begin([profile.id], { isSigned: true });
  expect(await ended(begun.moves[0]?.id)).toMatchObject({ state: "moved" });
  await until(() => expect(existsSync(asideOf(folders.from, profile.id))).toBe(true));
  expect((await loadProfileState(dirOf(folders.to, profile.id))).state?.cookies).toMatchObject([{ value: secretValue }]);
});
