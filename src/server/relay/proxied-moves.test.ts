import { DatabaseSync } from "node:sqlite";
import type { MovesBegun } from "@deskhand/shared/schemas/profile-move";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { proxySecretText, readProxySecret } from "@deskhand/shared/schemas/proxy-secret";
import type { ProxySetting } from "@deskhand/shared/schemas/proxy-setting";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { configureProfiles } from "@/server/domain/profile/configure-profiles";
import { getProfile } from "@/server/domain/profile/queries";
import { moveProfiles } from "@/server/domain/profile-move/move-profiles";
import { getMove } from "@/server/domain/profile-move/queries";
import { importProxies } from "@/server/domain/proxy/import-proxies";
import { putPool } from "@/server/domain/proxy/put-pool";
import { listPools, listProxies } from "@/server/domain/proxy/queries";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createProfile, createRunner, testContext } from "@/server/testing/factories";
import { orderMove } from "@/server/testing/order-move";
import { createRunnerFolder, loadIdentity, type Runner, sealTo, startRealRunner } from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

type Folder = Awaited<ReturnType<typeof createRunnerFolder>>;
let database: TestDatabase;
let db: Db;
let server: TestRelay | undefined;
const folders: Folder[] = [];
const running: Runner[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await Promise.all(running.map((runner) => runner.stop()));
  await server?.close();
  for (const folder of folders) folder.remove();
  await db?.$disconnect();
  await database?.drop();
});

const until = (check: () => unknown) => vi.waitFor(check, { interval: 50 });

/** Two runners of a project, the first of which is under way, and a profile there that leaves by a proxy that only the first can read. */
async function proxiedProfile() {
  server ??= await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  const [here, there] = [await createRunnerFolder(server.url), await createRunnerFolder(server.url)];
  folders.push(here, there);
  const { projectId, actor, runner } = await createRealScene(db, here);
  const { runnerId: to, publicKey, fingerprint } = there;
  await createRunner(db, { projectId, id: to, publicKey, fingerprint });
  for (const { home, runnerId } of [here, there]) {
    const sealRecipient = loadIdentity(home)?.sealRecipient ?? "";
    await db.runner.update({ where: { id: runnerId }, data: { sealRecipient } });
  }
  const from = runner.id;
  const profile = await createProfile(db, { projectId, runnerId: from });
  const ctx = testContext(db, actor);
  running.push(startRealRunner(here.home));
  const endpoint = { host: "127.0.0.1", port: 9, username: "ann" };
  const recipient = loadIdentity(here.home)?.sealRecipient ?? "";
  const passwordSealed = await sealTo(recipient, proxySecretText(endpoint, "secret-of-the-proxy"));
  const id = uuid();
  const made = { id, name: null, scheme: "socks5" as const, ...endpoint, passwordSealed, changeUrlSealed: null };
  await importProxies(ctx, { projectId, proxies: [made], sealedFor: [from], signed: [] });
  const leaveBy = async (proxy: ProxySetting) => {
    const settings = { ...defaultSettings, proxy };
    await configureProfiles(ctx, { projectId, runnerId: from, profiles: [{ profileId: profile.id, revision: 1, settings }] });
    await until(async () => expect(await getProfile(ctx, profile)).toMatchObject({ appliedRevision: 1 }));
  };
  const move = async () =>
    moveProfiles(ctx, { projectId, runnerId: to, moves: [await orderMove(db, { profileId: profile.id, from, to })] });
  const arrival = ({ moves }: MovesBegun) =>
    until(async () => expect(await getMove(ctx, { id: moves[0]?.id ?? "" })).toMatchObject({ state: "moved" }));
  const proxies = async () => (await listProxies(ctx, { projectId, limit: 50 })).items;
  return { ctx, projectId, from, to, there, id, endpoint, leaveBy, move, arrival, proxies };
}

test("the password of its proxy goes along, sealed from runner to runner, to one that came later", async () => {
  const { from, to, there, id, endpoint, leaveBy, move, arrival, proxies } = await proxiedProfile();
  const runner = startRealRunner(there.home);
  running.push(runner);
  await leaveBy({ kind: "proxy", proxyId: id });
  const begun = await move();
  expect(begun).toMatchObject({ done: 1, proxiesToEnter: [] });
  await arrival(begun);
  expect(await proxies()).toMatchObject([{ id, knownTo: [from, to] }]);
  await runner.stop();
  const table = new DatabaseSync(there.home.journalFile, { readOnly: true });
  const row = table.prepare("select proxy from proxies where id = ?").get(id);
  table.close();
  const kept = JSON.parse(String(row?.proxy)) as { passwordSealed: string };
  const opened = await loadIdentity(there.home)?.unseal(kept.passwordSealed);
  expect(readProxySecret(opened ?? "", endpoint)).toBe("secret-of-the-proxy");
});

test.each([
  ["a pool that came along is known there, so that nobody is asked to send it", 1, true],
  ["a pool that was changed while it was on its way is not", 2, false],
])("%s", async (_, revision, isKnown) => {
  const { ctx, projectId, from, to, there, id, leaveBy, move, arrival, proxies } = await proxiedProfile();
  const pool = { id: uuid(), projectId, name: "Berlin", strategy: "random" as const, coolDownSeconds: 60, proxyIds: [id] };
  await putPool(ctx, { ...pool, revision: 0, signed: [] });
  await leaveBy({ kind: "pool", poolId: pool.id });
  const begun = await move();
  // what the server says of pools, a runner that demands signatures does not believe: it has what came along only
  await db.command.deleteMany({ where: { runnerId: to, kind: "proxy.configure" } });
  await db.proxyPool.update({ where: { id: pool.id }, data: { knownTo: [from], revision } });
  await db.proxy.update({ where: { id }, data: { knownTo: [from] } });
  running.push(startRealRunner(there.home));
  await arrival(begun);
  expect(await proxies()).toMatchObject([{ knownTo: [from, to] }]);
  expect((await listPools(ctx, { projectId })).items).toMatchObject([{ knownTo: isKnown ? [from, to] : [from] }]);
});
