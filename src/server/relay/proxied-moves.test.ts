import { DatabaseSync } from "node:sqlite";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { proxySecretText, readProxySecret } from "@deskhand/shared/schemas/proxy-secret";
import { v7 as uuid } from "uuid";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { configureProfiles } from "@/server/domain/profile/configure-profiles";
import { getProfile } from "@/server/domain/profile/queries";
import { moveProfiles } from "@/server/domain/profile-move/move-profiles";
import { getMove } from "@/server/domain/profile-move/queries";
import { importProxies } from "@/server/domain/proxy/import-proxies";
import { listProxies } from "@/server/domain/proxy/queries";
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
let folders: { from: Folder; to: Folder } | undefined;
let running: Runner[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await Promise.all(running.map((runner) => runner.stop()));
  await server?.close();
  for (const folder of Object.values(folders ?? {})) folder.remove();
  await db?.$disconnect();
  await database?.drop();
});

const until = (check: () => unknown) => vi.waitFor(check, { interval: 50 });

test("the password of its proxy goes along, sealed from runner to runner, to one that came later", async () => {
  server = await startTestRelay(database.url, { heartbeatMs: 200, leaseMs: 1_000 });
  folders = { from: await createRunnerFolder(server.url), to: await createRunnerFolder(server.url) };
  const { projectId, actor, runner } = await createRealScene(db, folders.from);
  const { runnerId: to, publicKey, fingerprint } = folders.to;
  await createRunner(db, { projectId, id: to, publicKey, fingerprint });
  for (const { home, runnerId } of Object.values(folders)) {
    const sealRecipient = loadIdentity(home)?.sealRecipient ?? "";
    await db.runner.update({ where: { id: runnerId }, data: { sealRecipient } });
  }
  const from = runner.id;
  const profile = await createProfile(db, { projectId, runnerId: from });
  const ctx = testContext(db, actor);
  running = [startRealRunner(folders.from.home), startRealRunner(folders.to.home)];
  const endpoint = { host: "127.0.0.1", port: 9, username: "ann" };
  const recipient = loadIdentity(folders.from.home)?.sealRecipient ?? "";
  const passwordSealed = await sealTo(recipient, proxySecretText(endpoint, "secret-of-the-proxy"));
  const id = uuid();
  const made = { id, name: null, scheme: "socks5" as const, ...endpoint, passwordSealed, changeUrlSealed: null };
  await importProxies(ctx, { projectId, proxies: [made], sealedFor: [from], signed: [] });
  const settings = { ...defaultSettings, proxy: { kind: "proxy" as const, proxyId: id } };
  await configureProfiles(ctx, { projectId, runnerId: from, profiles: [{ profileId: profile.id, revision: 1, settings }] });
  await until(async () => expect(await getProfile(ctx, profile)).toMatchObject({ appliedRevision: 1 }));
  const moves = [await orderMove(db, { profileId: profile.id, from, to })];
  const begun = await moveProfiles(ctx, { projectId, runnerId: to, moves });
  expect(begun).toMatchObject({ done: 1, proxiesToEnter: [] });
  await until(async () => expect(await getMove(ctx, { id: begun.moves[0]?.id ?? "" })).toMatchObject({ state: "moved" }));
  expect((await listProxies(ctx, { projectId, limit: 50 })).items).toMatchObject([{ id, knownTo: [from, to] }]);
  await running[1]?.stop();
  const table = new DatabaseSync(folders.to.home.journalFile, { readOnly: true });
  const row = table.prepare("select proxy from proxies where id = ?").get(id);
  table.close();
  const kept = JSON.parse(String(row?.proxy)) as { passwordSealed: string };
  const opened = await loadIdentity(folders.to.home)?.unseal(kept.passwordSealed);
  expect(readProxySecret(opened ?? "", endpoint)).toBe("secret-of-the-proxy");
});
