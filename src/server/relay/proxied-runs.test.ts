import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { defaultSettings, type ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { proxySecretText } from "@deskhand/shared/schemas/proxy-secret";
import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createDb, type Db } from "@/server/db";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { configureProfiles } from "@/server/domain/profile/configure-profiles";
import { newSettings } from "@/server/domain/profile/new-settings";
import { orderProfile } from "@/server/domain/profile/order-profile";
import { getProfile } from "@/server/domain/profile/queries";
import { checkProxies } from "@/server/domain/proxy/check-proxies";
import { importProxies } from "@/server/domain/proxy/import-proxies";
import { listProxyUsage } from "@/server/domain/proxy/list-proxy-usage";
import { listProxies } from "@/server/domain/proxy/queries";
import { getRun } from "@/server/domain/run/queries";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { createProfile, createWorkflow, testContext } from "@/server/testing/factories";
import {
  changePolicy,
  connectProgram,
  createRunnerFolder,
  type FixtureSite,
  loadIdentity,
  type Runner,
  sealTo,
  startFixtureSite,
  startRunnerWithBrowser,
  startSlowLine,
  startTestProxy,
  type TestProxy,
} from "@/server/testing/real-runner";
import { createRealScene } from "@/server/testing/real-scene";
import { startTestRelay, type TestRelay } from "@/server/testing/test-relay";

let database: TestDatabase;
let db: Db;
let server: TestRelay;
let folder: Awaited<ReturnType<typeof createRunnerFolder>>;
let scene: Awaited<ReturnType<typeof createRealScene>>;
let runner: Runner;
let site: FixtureSite;
let service: Server;
/** What the service says of whoever asks where it is; null: nothing at all. */
let exit: object | null;
const berlin = { ip: "203.0.113.5", country: "DE", timezone: "Europe/Berlin" };
const tokyo = { ip: "203.0.113.9", country: "JP", timezone: "Asia/Tokyo" };
const proxies: TestProxy[] = [];
const usual = process.env.DESKHAND_PROXY_CHECK_URL;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
  site = await startFixtureSite();
  service = createServer((_, response) => {
    if (exit) response.setHeader("content-type", "application/json").end(JSON.stringify(exit));
  });
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  process.env.DESKHAND_PROXY_CHECK_URL = `http://exit.example:${(service.address() as AddressInfo).port}/json`;
  server = await startTestRelay(database.url, { heartbeatMs: 500, leaseMs: 30_000 });
  folder = await createRunnerFolder(server.url);
  scene = await createRealScene(db, folder);
  changePolicy(folder.home, {
    rules: [
      { effect: "allow", pattern: "127.0.0.1", private: true },
      { effect: "allow", pattern: "*.example" },
    ],
  });
  runner = startRunnerWithBrowser(folder.home);
});
beforeEach(() => {
  exit = berlin;
  site.requests.length = 0;
});
afterEach(async () => {
  await Promise.all(proxies.splice(0).map((proxy) => proxy.die()));
});
afterAll(async () => {
  await runner?.stop();
  await server?.close();
  folder?.remove();
  service?.closeAllConnections();
  service?.close();
  await site?.close();
  if (usual === undefined) delete process.env.DESKHAND_PROXY_CHECK_URL;
  else process.env.DESKHAND_PROXY_CHECK_URL = usual;
  await db?.$disconnect();
  await database?.drop();
});

const context = () => testContext(db, scene.actor);
const until = (check: () => unknown) => vi.waitFor(check, { interval: 50 });
const siteAt = (page: string, host = "site.example") => `http://${host}:${new URL(site.origin).port}/${page}`;

/** A proxy with sign-in, and a profile that leaves by it, as somebody makes them in the dashboard. `password`: the one that is entered. */
async function proxied(
  { scheme = "socks5", password = "right-secret" }: { scheme?: "http" | "socks5"; password?: string } = {},
  settings: Partial<ProfileSettings> = {},
) {
  const proxy = await startTestProxy({ scheme, username: "ann", password: "right-secret" });
  proxies.push(proxy);
  const ctx = context();
  const { projectId, runner: at } = scene;
  const { id, host, port, username } = proxy.hop;
  const recipient = loadIdentity(folder.home)?.sealRecipient ?? "";
  const passwordSealed = await sealTo(recipient, proxySecretText({ host, port, username }, password));
  const made = { id, name: null, scheme, host, port, username, passwordSealed, changeUrlSealed: null };
  await importProxies(ctx, { projectId, proxies: [made], sealedFor: [at.id], signed: [] });
  const profile = await createProfile(db, { projectId, runnerId: at.id });
  const { identity } = await newSettings(at, { timeZone: "Europe/Berlin", languages: ["de-DE"] });
  const whole = { ...defaultSettings, identity, ...settings, proxy: { kind: "proxy" as const, proxyId: id } };
  const profiles = [{ profileId: profile.id, revision: 1, settings: whole }];
  await configureProfiles(ctx, { projectId, runnerId: at.id, profiles });
  return { proxy, profileId: profile.id };
}

/** @param pages of the site, or whole addresses */
async function deploy(profileId: string, ...pages: string[]) {
  const { projectId, runner: at } = scene;
  const parsed = parseRecordingData({
    title: "Visit",
    timeout: 20_000,
    steps: pages.map((page) => ({ type: "navigate", url: URL.canParse(page) ? page : siteAt(page) })),
  });
  if (!parsed.ok) throw new Error("This is no recording.");
  const workflow = await createWorkflow(db, { projectId, recording: parsed.recording });
  const input = { projectId, workflowId: workflow.id, runnerId: at.id, profileIds: [profileId], inputs: {} };
  const { runIds } = await createDeployment(context(), input);
  return runIds[0] ?? "";
}

async function ended(runId: string) {
  return until(async () => {
    const run = await getRun(context(), { id: runId });
    expect(run.finishedAt).not.toBeNull();
    return run;
  }) as unknown as ReturnType<typeof getRun>;
}

const usageOf = async (profileId: string) =>
  (await listProxyUsage(context(), { projectId: scene.projectId, profileId, limit: 50 })).items[0];
const lastCheckOf = async (id: string) =>
  (await listProxies(context(), { projectId: scene.projectId, limit: 50 })).items.find((one) => one.id === id);

describe("a deployed run", () => {
  test.each(["http", "socks5"] as const)("leaves by its profile's %s proxy alone, and what it sent is shown", async (scheme) => {
    const { proxy, profileId } = await proxied({ scheme });
    const run = await ended(await deploy(profileId, "index"));
    expect(run).toMatchObject({ state: "succeeded", proxyMismatch: null });
    expect(site.requests).toContain("GET /index");
    // the proxy alone knows these names
    expect(new Set(proxy.asked.map((target) => target.split(":")[0]))).toEqual(new Set(["exit.example", "site.example"]));
    const usage = await usageOf(profileId);
    expect(usage).toMatchObject({ proxyId: proxy.hop.id });
    expect(usage?.bytesReceived).toBeGreaterThan(100);
    expect(usage?.bytesSent).toBeGreaterThan(100);
    const shown = await lastCheckOf(proxy.hop.id);
    expect(shown).toMatchObject({ bytesSent: usage?.bytesSent, bytesReceived: usage?.bytesReceived });
    expect(shown?.lastCheck).toMatchObject({ exit: { address: "203.0.113.5", country: "DE" }, failureCode: null });
  });

  test("whose proxy lies about its country is warned of; it does not begin when its profile says so", async () => {
    exit = tokyo;
    const warned = await proxied();
    expect(await ended(await deploy(warned.profileId, "index"))).toMatchObject({
      state: "succeeded",
      proxyMismatch: expect.stringContaining("Asia/Tokyo"),
    });
    site.requests.length = 0;
    const blocked = await proxied({}, { onMismatch: "block" });
    expect(await ended(await deploy(blocked.profileId, "index"))).toMatchObject({ state: "failed", failureCode: "PROXY_MISMATCH" });
    expect(site.requests).toEqual([]);
  });

  test("with other credentials than the proxy wants fails with that code, and no site sees it", async () => {
    const { proxy, profileId } = await proxied({ password: "wrong-secret" });
    expect(await ended(await deploy(profileId, "index"))).toMatchObject({ state: "failed", failureCode: "PROXY_AUTH_FAILED" });
    expect(site.requests).toEqual([]);
    expect((await lastCheckOf(proxy.hop.id))?.lastCheck).toMatchObject({ failureCode: "PROXY_AUTH_FAILED" });
  });

  test("whose proxy dies in mid-run fails with that code", async () => {
    const { proxy, profileId } = await proxied();
    const runId = await deploy(profileId, "index", "never");
    await until(() => expect(site.requests).toContain("GET /never"));
    await proxy.die();
    expect(await ended(runId)).toMatchObject({ state: "failed", failureCode: "PROXY_UNREACHABLE" });
  });

  test("whose proxy takes connections and says nothing fails with that code", async () => {
    const { proxy, profileId } = await proxied();
    proxy.silence();
    expect(await ended(await deploy(profileId, "index"))).toMatchObject({ state: "failed", failureCode: "PROXY_TIMEOUT" });
  });
});

test("whoever opens a profile is told on its page that its proxy leads out elsewhere, until it does no more", async () => {
  const { profileId } = await proxied();
  const ctx = context();
  const flags = async () => (await getProfile(ctx, { id: profileId })).stateFlags;
  for (const [told, where] of [
    [["proxy-mismatch"], tokyo],
    [[], berlin],
  ] as const) {
    exit = where;
    await orderProfile(ctx, { id: profileId, order: { kind: "open", window: false } });
    await until(async () => expect(await getProfile(ctx, { id: profileId })).toMatchObject({ holder: { kind: "session" } }));
    await until(async () => expect(await flags()).toEqual(told));
    await orderProfile(ctx, { id: profileId, order: { kind: "close" } });
    await until(async () => expect(await getProfile(ctx, { id: profileId })).toMatchObject({ holder: null }));
  }
});

test("a program that connects is held to the exit as a window is: warned, or kept out with a notice on the profile's page", async () => {
  exit = tokyo;
  const warned = await proxied();
  const kept = await proxied({}, { onMismatch: "block" });
  const ctx = context();
  const detail = (profileId: string) => getProfile(ctx, { id: profileId });
  for (const { profileId } of [warned, kept])
    await until(async () => expect(await detail(profileId)).toMatchObject({ appliedRevision: 1 }));
  const connection = await connectProgram(folder.home, warned.profileId);
  expect(await connection.next("ready")).toMatchObject({ type: "ready" });
  await until(async () => expect(await detail(warned.profileId)).toMatchObject({ stateFlags: ["proxy-mismatch"], notices: [] }));
  await connection.close();
  expect(await connection.next("ended")).toMatchObject({ code: "CLOSED" });
  const refused = await connectProgram(folder.home, kept.profileId);
  expect(await refused.next("ended")).toMatchObject({ code: "PROXY_MISMATCH" });
  await until(async () => expect(await detail(kept.profileId)).toMatchObject({ notices: [{ kind: "proxy-mismatch", count: 1 }] }));
});

test("a state file that cannot be read is set aside for the one before it, and the profile's page says so", async () => {
  const { profileId } = await proxied();
  // a run that changes nothing saves nothing: the second one keeps something of another site
  for (const page of ["unsaved?by=plain", siteAt("unsaved?by=plain", "other.example")]) {
    expect(await ended(await deploy(profileId, page))).toMatchObject({ state: "succeeded" });
  }
  const file = path.join(folder.home.profilesFolder, profileId, "state.json");
  await writeFile(file, (await readFile(file, "utf8")).slice(0, 40));
  expect(await ended(await deploy(profileId, "index"))).toMatchObject({ state: "succeeded" });
  await until(async () => expect((await getProfile(context(), { id: profileId })).stateFlags).toEqual(["state-restored"]));
});

test("a check tells how slow a proxy is that answers, and gives up one that does not", async () => {
  const ctx = context();
  const { projectId, runner: at } = scene;
  const [quick, slow, silent] = [await startTestProxy({ scheme: "http" }), await startTestProxy({ scheme: "socks5" }), await proxied()];
  proxies.push(quick, slow);
  silent.proxy.silence();
  const delayMs = 250;
  const line = await startSlowLine(slow.hop.port, delayMs);
  const made = [quick.hop, { ...slow.hop, port: line.port }].map(({ password: _, ...hop }) => ({
    ...hop,
    name: null,
    passwordSealed: null,
    changeUrlSealed: null,
  }));
  await importProxies(ctx, { projectId, proxies: made, sealedFor: [], signed: [] });
  const proxyIds = [quick.hop.id, slow.hop.id, silent.proxy.hop.id];
  await checkProxies(ctx, { projectId, runnerId: at.id, proxyIds });
  await until(async () => {
    for (const id of proxyIds) expect((await lastCheckOf(id))?.lastCheck).not.toBeNull();
  });
  const [first, second, third] = await Promise.all(proxyIds.map(async (id) => (await lastCheckOf(id))?.lastCheck));
  expect(first).toMatchObject({ failureCode: null, exit: { country: "DE" }, latencyMs: expect.any(Number) });
  expect(second).toMatchObject({ failureCode: null, exit: { country: "DE" } });
  // there and back for the greeting, and there and back for the question
  expect(second?.latencyMs).toBeGreaterThanOrEqual(4 * delayMs);
  expect(third).toMatchObject({ failureCode: "PROXY_TIMEOUT", latencyMs: null });
  await line.close();
});

test("a profile that is kept open leaves by its proxy too, and what it sent counts once", async () => {
  const { proxy, profileId } = await proxied();
  const ctx = context();
  await orderProfile(ctx, { id: profileId, order: { kind: "open", window: false, url: siteAt("account") } });
  await until(() => expect(site.requests.some((request) => request.includes("/account"))).toBe(true));
  await until(async () => expect(await getProfile(ctx, { id: profileId })).toMatchObject({ holder: { kind: "session" } }));
  await orderProfile(ctx, { id: profileId, order: { kind: "close" } });
  await until(async () => expect(await getProfile(ctx, { id: profileId })).toMatchObject({ holder: null }));
  await until(async () => expect((await usageOf(profileId))?.bytesReceived).toBeGreaterThan(100));
  const before = await usageOf(profileId);
  expect(before).toMatchObject({ proxyId: proxy.hop.id });
  // what is told again, because something else of the profile changes, is not counted again
  const { settings } = await getProfile(ctx, { id: profileId });
  const profiles = [{ profileId, revision: 2, settings: { ...settings, onMismatch: "block" as const } }];
  await configureProfiles(ctx, { projectId: scene.projectId, runnerId: scene.runner.id, profiles });
  await until(async () => expect(await getProfile(ctx, { id: profileId })).toMatchObject({ appliedRevision: 2 }));
  expect(await usageOf(profileId)).toMatchObject({ bytesSent: before?.bytesSent, bytesReceived: before?.bytesReceived });
});
