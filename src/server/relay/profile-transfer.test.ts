import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import { readState } from "@deskhand/shared/formats/read-state";
import { PARCEL_MAX_BYTES } from "@deskhand/shared/protocol/parcels";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createParcel } from "@/server/domain/parcel/create-parcel";
import { deleteExpiredParcels } from "@/server/domain/parcel/delete-expired-parcels";
import { configureProfiles } from "@/server/domain/profile/configure-profiles";
import { exportProfile } from "@/server/domain/profile/export-profile";
import { importProfile } from "@/server/domain/profile/import-profile";
import { getProfile } from "@/server/domain/profile/queries";
import { getTask } from "@/server/domain/task/queries";
import { hashSecret, newSecret } from "@/server/secrets";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { expectCode } from "@/server/testing/expect-code";
import { createProfile, createScene, testClock, testContext } from "@/server/testing/factories";
import { createRunnerFolder, loadIdentity, type Runner, startRealRunner } from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

// browsers and key derivations take their time on a busy machine
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let scene: Awaited<ReturnType<typeof makeScene>>;
let runner: Runner | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
beforeEach(async () => {
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  folder = await createRunnerFolder(server.url);
  scene = await makeScene();
  runner = startRealRunner(folder.home);
});
afterEach(async () => {
  await runner?.stop();
  await server.close();
  folder.remove();
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

async function makeScene() {
  const { projectId, actor, runner: row } = await createRealScene(db, folder);
  const [profile, other] = await Promise.all([1, 2].map(() => createProfile(db, { projectId, runnerId: row.id })));
  if (!profile || !other) throw new Error("no profile");
  const recipient = await identityToRecipient(loadIdentity(folder.home)?.keys.file.ageIdentity ?? "");
  return { ctx: testContext(db, actor), projectId, runnerId: row.id, profile, other, recipient };
}

const secretValue = "the-secret-of-the-session";
const cookies = JSON.stringify([
  { name: "session", value: secretValue, domain: "example.com", path: "/", secure: true, expires: 1_999_999_999 },
]);

async function seal(recipient: string, content: string | Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(content);
}
const sealText = async (text: string) => armor.encode(await seal(scene.recipient, text));

async function parcel() {
  const token = newSecret();
  const { id: parcelId } = await createParcel(scene.ctx, { projectId: scene.projectId, tokenHash: hashSecret(token) });
  const ask = (method: string, body?: BodyInit, given = token) =>
    fetch(`${server.url}/relay/parcels/${parcelId}`, { method, headers: { authorization: `Bearer ${given}` }, ...(body && { body }) });
  return { parcelId, token, ask };
}

/** What a person's page does: seals a file to the runner, puts it on its way, and asks for its import. */
async function importFile(
  content: string | Uint8Array,
  more: { mode?: "merge" | "replace"; passphrase?: string } = {},
  profileId = scene.profile.id,
) {
  const { parcelId, token, ask } = await parcel();
  const sealed = await seal(scene.recipient, content);
  expect((await ask("PUT", new Uint8Array(sealed))).status).toBe(204);
  const sha256 = createHash("sha256").update(sealed).digest("hex");
  const { id } = await importProfile(scene.ctx, { id: profileId, parcelId, token, sha256, mode: "merge", ...more });
  return { task: await ended(id), parcelId, ask };
}

type Wanted = { format: "storage-state" | "cookies-txt" | "cookies-json" | "bundle"; passphrase?: string };

/** What a person's page does: makes a key, has the runner seal to it, and opens what comes. */
async function exportFile({ format, passphrase }: Wanted, profileId = scene.profile.id) {
  const { parcelId, token, ask } = await parcel();
  const identity = await generateX25519Identity();
  const to = passphrase === undefined ? { recipient: await identityToRecipient(identity) } : { passphrase: await sealText(passphrase) };
  const { id } = await exportProfile(scene.ctx, { id: profileId, parcelId, token, format, name: "Shop", ...to });
  const task = await ended(id);
  const answer = await ask("GET");
  const sealed = new Uint8Array(await answer.arrayBuffer());
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return { task, sealed, open: () => decrypter.decrypt(sealed, "text"), ask };
}

async function ended(id: string) {
  return vi.waitFor(async () => {
    const task = await getTask(scene.ctx, { id });
    expect(task.finishedAt).not.toBeNull();
    return task;
  });
}

describe("a profile", () => {
  test("takes in cookies that nobody but its runner can read on the way, and gives them out in each format", async () => {
    const { task, parcelId } = await importFile(cookies);
    expect(task).toMatchObject({ state: "succeeded", result: { format: "cookies-json", cookies: 1, origins: 0, userData: false } });
    expect(await db.parcel.findUnique({ where: { id: parcelId } })).toBeNull();
    await vi.waitFor(async () => expect((await getProfile(scene.ctx, scene.profile)).stateBytes).toBeGreaterThan(0));
    for (const format of ["storage-state", "cookies-txt", "cookies-json"] as const) {
      const { task: exported, open, sealed } = await exportFile({ format });
      expect(exported).toMatchObject({ state: "succeeded", result: { format, cookies: 1 } });
      expect(Buffer.from(sealed).includes(secretValue)).toBe(false);
      expect(readState(await open())).toMatchObject({ ok: true, format, state: { cookies: [{ name: "session", value: secretValue }] } });
    }
    const chunks = await db.parcelChunk.findMany();
    const commands = await db.command.findMany({ where: { projectId: scene.projectId } });
    expect(
      JSON.stringify([
        commands.map(({ payload, result }) => [payload, result]),
        chunks.map(({ data }) => Buffer.from(data).toString("latin1")),
      ]),
    ).not.toContain(secretValue);
  });

  test("is told where a file is wrong, and stays as it was", async () => {
    await importFile(cookies);
    const { task } = await importFile(`[${cookies.slice(1, -1)}, {"name": "x"}]`, { mode: "replace" });
    expect(task).toMatchObject({ state: "failed", failureCode: "IMPORT_REFUSED", result: { problems: [{ where: "[1].value" }], more: 0 } });
    expect(readState(await (await exportFile({ format: "storage-state" })).open())).toMatchObject({
      state: { cookies: [{ name: "session" }] },
    });
  });

  test("keeps what it has beside what comes, or gives it up, as it was asked", async () => {
    const other = cookies.replace("session", "other");
    const names = async () => {
      const read = readState(await (await exportFile({ format: "cookies-txt" })).open());
      return read.ok ? read.state.cookies.map(({ name }) => name) : [];
    };
    await importFile(cookies);
    await importFile(other);
    expect(await names()).toEqual(["session", "other"]);
    await importFile(other, { mode: "replace" });
    expect(await names()).toEqual(["other"]);
  });

  test("goes as a bundle under a passphrase, with its settings, into another", async () => {
    const { ctx, projectId, runnerId, profile, other } = scene;
    await importFile(cookies);
    const settings = { ...defaultSettings, onMismatch: "block" as const };
    await configureProfiles(ctx, { projectId, runnerId, profiles: [{ profileId: profile.id, revision: 1, settings }] });
    await vi.waitFor(async () => expect(await getProfile(ctx, profile)).toMatchObject({ appliedRevision: 1 }));
    const { sealed } = await exportFile({ format: "bundle", passphrase: "correct horse" });
    expect((await importFile(sealed, {}, other.id)).task).toMatchObject({ state: "failed", failureCode: "BUNDLE_LOCKED" });
    const wrong = await importFile(sealed, { passphrase: await sealText("wrong") }, other.id);
    expect(wrong.task).toMatchObject({ state: "failed", failureCode: "BUNDLE_LOCKED" });
    const cut = await importFile(sealed.subarray(0, -20), { passphrase: await sealText("correct horse") }, other.id);
    expect(cut.task).toMatchObject({ state: "failed", failureCode: "BUNDLE_DAMAGED" });
    expect(await getProfile(ctx, other)).toMatchObject({ revision: 0, stateBytes: null });
    const { task } = await importFile(sealed, { passphrase: await sealText("correct horse") }, other.id);
    expect(task).toMatchObject({ state: "succeeded", result: { format: "bundle", cookies: 1 } });
    expect(await getProfile(ctx, other)).toMatchObject({ revision: 1, settings });
    expect(readdirSync(path.join(folder.home.profilesFolder, other.id)).filter((name) => name.startsWith("import-"))).toEqual([]);
  }, 60_000);

  test("takes nothing in that was exchanged on the way, nor open what only a passphrase may open", async () => {
    const { ctx, profile, recipient } = scene;
    for (const sealed of [await seal(recipient, cookies), Buffer.from(cookies)]) {
      const { parcelId, token, ask } = await parcel();
      await ask("PUT", new Uint8Array(sealed));
      const asked = { id: profile.id, parcelId, token, mode: "merge" as const };
      const exchanged = await importProfile(ctx, { ...asked, sha256: "0".repeat(64) });
      expect((await ended(exchanged.id)).failureCode).toMatch(/^BUNDLE_(DAMAGED|INVALID)$/);
      const again = await parcel();
      await again.ask("PUT", new Uint8Array(sealed));
      const { id } = await importProfile(ctx, {
        ...asked,
        parcelId: again.parcelId,
        token: again.token,
        passphrase: await sealText("secret"),
      });
      expect((await ended(id)).failureCode).toMatch(/^BUNDLE_(LOCKED|INVALID)$/);
    }
    expect((await exportFile({ format: "cookies-txt" })).task.failureCode).toBe("EXPORT_EMPTY");
  });

  test("that was never used has nothing to give", async () => {
    expect((await exportFile({ format: "cookies-txt" })).task).toMatchObject({ state: "failed", failureCode: "EXPORT_EMPTY" });
  });

  test("whose file is gone says so", async () => {
    const { parcelId, token } = await parcel();
    const { id } = await importProfile(scene.ctx, { id: scene.profile.id, parcelId, token, sha256: "0".repeat(64), mode: "merge" });
    expect(await ended(id)).toMatchObject({ state: "failed", failureCode: "PARCEL_GONE" });
  });
});

describe("a parcel", () => {
  test("is put there once, and is nothing to those without its token", async () => {
    const { ask, parcelId } = await parcel();
    const other = await parcel();
    expect((await ask("GET")).status).toBe(404);
    expect((await ask("PUT", "sealed", other.token)).status).toBe(404);
    expect((await ask("PUT", "sealed")).status).toBe(204);
    expect((await ask("PUT", "again")).status).toBe(409);
    for (const method of ["GET", "DELETE"]) expect((await ask(method, undefined, other.token)).status).toBe(404);
    expect(await (await ask("GET")).text()).toBe("sealed");
    expect((await ask("DELETE")).status).toBe(204);
    expect((await ask("GET")).status).toBe(404);
    expect(await db.parcelChunk.count({ where: { parcelId } })).toBe(0);
    expect((await fetch(`${server.url}/relay/parcels/nonsense`)).status).toBe(404);
    expect((await ask("POST", "x")).status).toBe(405);
  });

  test("holds 50 MB and no more", async () => {
    const whole = await parcel();
    const bytes = new Uint8Array(PARCEL_MAX_BYTES);
    bytes.set([1, 2, 3], PARCEL_MAX_BYTES - 3);
    expect((await whole.ask("PUT", bytes)).status).toBe(204);
    expect(Buffer.compare(Buffer.from(await (await whole.ask("GET")).arrayBuffer()), bytes)).toBe(0);
    const { ask } = await parcel();
    const status = await ask("PUT", new Uint8Array(PARCEL_MAX_BYTES + 1)).then(
      ({ status: told }) => told,
      () => "cut off",
    );
    expect([413, "cut off"]).toContain(status);
    expect((await ask("GET")).status).toBe(404);
  });

  test("is gone after an hour, and not for another project's profiles", async () => {
    const clock = testClock();
    const made = await createScene(db);
    const ctx = testContext(db, made.actor, clock);
    const token = newSecret();
    const { id: parcelId } = await createParcel(ctx, { projectId: made.projectId, tokenHash: hashSecret(token) });
    await expectCode(
      importProfile(scene.ctx, { id: scene.profile.id, parcelId, token, sha256: "0".repeat(64), mode: "merge" }),
      "NOT_FOUND",
    );
    clock.advance(60 * 60_000);
    await deleteExpiredParcels(ctx);
    expect(await db.parcel.findUnique({ where: { id: parcelId } })).toBeNull();
  });

  test("is one of fifty at most", async () => {
    const { ctx, projectId } = scene;
    for (let count = 0; count < 50; count++) await createParcel(ctx, { projectId, tokenHash: hashSecret(newSecret()) });
    await expectCode(createParcel(ctx, { projectId, tokenHash: hashSecret(newSecret()) }), "RATE_LIMITED");
  });
});
