import { once } from "node:events";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { listProfileStates, loadProfileState, saveProfileState } from "../browser/profile-store.ts";
import { startConnection, type TestConnection } from "../testing/connection-process.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import {
  commandLineOf,
  descendantsOf,
  orderRun,
  promised,
  startTestWorker,
  type TestFolder,
  type TestWorker,
  testFolder,
} from "../testing/worker.ts";

// each starts browsers, more than once
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let site: FixtureSite;
let folder: TestFolder;
let worker: TestWorker;
let profileDir: string;
const open: TestConnection[] = [];

beforeAll(async () => {
  site = await startFixtureSite();
  worker = startTestWorker();
});
afterAll(async () => {
  await worker.stop();
  await site.close();
});
beforeEach(async () => {
  folder = await testFolder();
  profileDir = path.join(folder.path, "profiles/profile-a");
});
afterEach(async () => {
  for (const connection of open.splice(0)) {
    if (connection.child.connected) connection.child.disconnect();
    if (connection.child.exitCode === null && connection.child.signalCode === null) await once(connection.child, "exit");
  }
  await folder.remove();
});

const dedicated = { engine: "dedicated" } as const;
const browsersOfFolder = (pid = 0) => descendantsOf(pid).filter((one) => commandLineOf(one).includes(profileDir));

/** A program does this with a page of the site, in a connection of its own or in one that is open. */
async function use<T>(connection: TestConnection, address: string, work: (page: Page) => Promise<T>): Promise<T> {
  const browser = await chromium.connectOverCDP((await connection.ready).ws);
  const page = await browser.contexts()[0]?.newPage();
  if (!page) throw new Error("there is no context");
  await page.goto(`${site.origin}/${address}`);
  const result = await work(page);
  await page.close();
  await browser.close();
  return result;
}

function connect(settings: Partial<typeof defaultSettings> = dedicated): TestConnection {
  const connection = startConnection({ profileDir, settings: { ...defaultSettings, ...settings } });
  open.push(connection);
  return connection;
}

async function close(connection: TestConnection) {
  connection.send({ type: "close" });
  return connection.ended;
}

const run = (steps: unknown[]) => orderRun(worker, { folder: folder.path, steps, settings: dedicated }).finished;
const visit = (page: string) => ({ type: "navigate", url: `${site.origin}/${page}` });
const holds = (expression: string) => ({ type: "waitForExpression", expression, timeout: 30_000 });
const isKept = `(async () => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const database = await done(indexedDB.open("db", 1));
  const key = await done(database.transaction("kv").objectStore("kv").get("key"));
  const registered = await navigator.serviceWorker.getRegistrations();
  return key instanceof CryptoKey && registered.length === 1 && (await caches.has("c"));
})()`;

it("a run after a connected program finds in the folder what no saved state holds, and so does the program after the run", async () => {
  const first = connect();
  await use(first, "unsaved?by=key,service,cache", (page) => page.locator("text=all kept").waitFor());
  expect(await close(first)).toBe("CLOSED");
  expect(await run([visit("index"), promised(isKept)])).toMatchObject({ status: "succeeded" });
  const second = connect();
  expect(await use(second, "index", (page) => page.evaluate(isKept))).toBe(true);
  await close(second);
  expect(await run([visit("index"), promised(isKept)])).toMatchObject({ status: "succeeded" });
});

it("a state that was saved after the folder was used is what a connected program finds", async () => {
  expect(
    await run([visit("state"), { type: "click", selectors: ["#keep"], offsetX: 2, offsetY: 2 }, holds("document.cookie")]),
  ).toMatchObject({
    status: "succeeded",
  });
  const cookie = { name: "kept", value: "imported", domain: "127.0.0.1", path: "/", expires: Date.now() / 1000 + 3600 };
  const shape = { httpOnly: false, secure: false, sameSite: "Lax" as const };
  const stored = { origin: site.origin, localStorage: [{ name: "kept", value: "imported" }] };
  await saveProfileState(profileDir, { cookies: [{ ...cookie, ...shape }], origins: [stored] });
  const connection = connect();
  const found = await use(connection, "index", (page) => page.evaluate(() => [document.cookie, localStorage.getItem("kept")]));
  expect(found).toEqual(["kept=imported", "imported"]);
  await close(connection);
  expect((await loadProfileState(profileDir)).state?.cookies).toMatchObject([{ value: "imported" }]);
});

it("of a browser that was killed a connected program finds what was saved", async () => {
  const { finished } = orderRun(worker, {
    folder: folder.path,
    settings: dedicated,
    steps: [
      visit("state"),
      { type: "click", selectors: ["#keep"], offsetX: 2, offsetY: 2 },
      { type: "click", selectors: ["#never"], offsetX: 2, offsetY: 2, timeout: 30_000 },
    ],
  });
  await vi.waitUntil(async () => JSON.stringify((await loadProfileState(profileDir)).state ?? "").includes('"indexed"'));
  for (const pid of browsersOfFolder(worker.child.pid)) process.kill(pid, "SIGKILL");
  expect(await finished).toMatchObject({ code: "BROWSER_CRASHED" });
  const connection = connect();
  const found = await use(connection, "index", (page) => page.evaluate(() => [document.cookie, localStorage.getItem("kept")]));
  expect(found).toEqual(["kept=cookie", "local"]);
  await close(connection);
});

it.each(["shared", "dedicated"] as const)(
  "one connection of the %s engine leaves one state, and none when nothing changed",
  async (engine) => {
    const connection = connect({ engine });
    for (const value of ["1", "2", "3"]) {
      await use(connection, "index", (page) => page.evaluate((set) => localStorage.setItem("k", set), value));
      // saved when the program has left
      await vi.waitUntil(async () => JSON.stringify((await loadProfileState(profileDir)).state ?? "").includes(`"value":"${value}"`));
    }
    await close(connection);
    expect((await listProfileStates(profileDir)).map(({ version }) => version)).toEqual([1]);
    const idle = connect({ engine });
    await use(idle, "index", async () => {});
    await close(idle);
    expect((await listProfileStates(profileDir)).map(({ version }) => version)).toEqual([1]);
  },
);
