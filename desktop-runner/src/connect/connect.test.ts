import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { loadProfileState, lockProfile } from "../browser/profile-store.ts";
import { startConnection, type TestConnection } from "../testing/connection-process.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { descendantsOf, isRunning, orderRun, startTestWorker, type TestFolder, testFolder } from "../testing/worker.ts";

// each starts browsers, more than once
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let site: FixtureSite;
let folder: TestFolder;
let profileDir: string;
const open: TestConnection[] = [];

beforeAll(async () => {
  site = await startFixtureSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  folder = await testFolder();
  profileDir = path.join(folder.path, "profile");
});
afterEach(async () => {
  for (const connection of open.splice(0)) {
    if (connection.child.connected) connection.child.disconnect();
    if (connection.child.exitCode === null && connection.child.signalCode === null) await once(connection.child, "exit");
  }
  await folder.remove();
});

function connect(more: Partial<Parameters<typeof startConnection>[0]> = {}, env: Record<string, string> = {}): TestConnection {
  const connection = startConnection({ profileDir, ...more }, env);
  open.push(connection);
  return connection;
}

async function close(connection: TestConnection) {
  connection.send({ type: "close" });
  return connection.ended;
}

/** What the server says to a WebSocket: the status of its refusal, or "open". */
function knock(address: string, headers: Record<string, string> = {}): Promise<number | "open"> {
  const socket = new WebSocket(address, { headers });
  return new Promise((resolve) => {
    socket.on("open", () => {
      socket.terminate();
      resolve("open");
    });
    socket.on("unexpected-response", (_, response) => {
      response.resume();
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.on("error", () => {});
  });
}

/** Puppeteer connects and signs in, with the steps that a person's script would have. */
async function signInWithPuppeteer(browserWSEndpoint: string): Promise<void> {
  const browser = await puppeteer.connect({ browserWSEndpoint });
  const page = await browser.newPage();
  await page.goto(`${site.origin}/sign-in`);
  await page.type("[name=user]", "ann");
  await page.type("[name=password]", "correct horse");
  await Promise.all([page.waitForNavigation(), page.click("button")]);
  expect(await page.$eval("h1", (heading) => heading.textContent)).toBe("Welcome");
  await page.close();
  await browser.disconnect();
}

const openedBy = async (connection: TestConnection) => (await connection.ready).ws;

async function headingWithPlaywright(address: string): Promise<string | null> {
  const browser = await chromium.connectOverCDP(address);
  const [context] = browser.contexts();
  const page = await context?.newPage();
  await page?.goto(`${site.origin}/account`);
  const heading = await page?.locator("h1").textContent();
  await page?.close();
  await browser.close();
  return heading ?? null;
}

describe("a connected profile", () => {
  test("keeps what Puppeteer did for Playwright, within a session and in the next", async () => {
    const first = connect();
    const { ws, http } = await first.ready;
    await signInWithPuppeteer(ws);
    expect(await headingWithPlaywright(http)).toBe("Welcome");
    expect(await close(first)).toBe("CLOSED");
    const { state } = await loadProfileState(profileDir);
    expect(state?.cookies.map(({ name }) => name)).toEqual(["session"]);
    expect(state?.origins).toMatchObject([{ origin: site.origin, localStorage: [{ name: "visits", value: "2" }] }]);

    const second = connect();
    expect(await headingWithPlaywright((await second.ready).ws)).toBe("Welcome");
    expect(await close(second)).toBe("CLOSED");
    expect((await loadProfileState(profileDir)).state?.origins).toMatchObject([{ localStorage: [{ name: "visits", value: "3" }] }]);
  });

  test("of the dedicated engine lives in its own folder", async () => {
    const settings = { ...defaultSettings, engine: "dedicated" as const };
    const first = connect({ settings });
    const { ws } = await first.ready;
    await signInWithPuppeteer(ws);
    expect(await close(first)).toBe("CLOSED");
    expect(existsSync(path.join(profileDir, "user-data/Default"))).toBe(true);
    const second = connect({ settings });
    expect(await headingWithPlaywright((await second.ready).ws)).toBe("Welcome");
    expect(await close(second)).toBe("CLOSED");
    expect((await loadProfileState(profileDir)).state?.origins).toMatchObject([{ localStorage: [{ name: "visits", value: "2" }] }]);
  });

  test("whose newest state cannot be read goes on with the one before it, and says so", async () => {
    const first = connect();
    await signInWithPuppeteer((await first.ready).ws);
    await close(first);
    expect(await headingWithPlaywright(await openedBy(connect()))).toBe("Welcome");
    await close(open.at(-1) as TestConnection);
    await writeFile(path.join(profileDir, "state.json"), '{"cookies":[{"na');
    const again = connect();
    expect(await headingWithPlaywright(await openedBy(again))).toBe("Welcome");
    await close(again);
    expect(again.messages).toContainEqual({ type: "profile-flags", flags: ["state-restored"] });
    expect(again.messages).toContainEqual({ type: "warning", message: expect.stringContaining("the one saved before it is used") });
  });

  test("tells what a site keeps that a saved state cannot hold", async () => {
    const connection = connect();
    const browser = await chromium.connectOverCDP(await openedBy(connection));
    const page = await browser.contexts()[0]?.newPage();
    await page?.goto(`${site.origin}/unsaved?by=key,file,cache,service,folder`);
    await page?.locator("text=all kept").waitFor();
    await page?.close();
    await browser.close();
    await close(connection);
    const told = connection.messages.flatMap((message) => (message.type === "profile-flags" ? message.flags : []));
    expect(told.sort()).toEqual(["blob", "cache-storage", "crypto-key", "opfs", "service-worker"]);
    expect(connection.messages).toContainEqual({ type: "warning", message: expect.stringContaining("wants the dedicated engine") });
  });

  test("is held by its lock, and free when it is closed", async () => {
    const first = connect();
    await first.ready;
    expect(await connect().ended).toBe("PROFILE_BUSY");
    await close(first);
    const lock = await lockProfile(profileDir);
    expect(lock).toBeDefined();
    await lock?.release();
  });

  test("ends when its client closes the browser, with everything saved", async () => {
    const connection = connect();
    const { ws } = await connection.ready;
    const browser = await puppeteer.connect({ browserWSEndpoint: ws });
    const page = await browser.newPage();
    await page.goto(`${site.origin}/sign-in`);
    await page.evaluate(() => localStorage.setItem("kept", "yes"));
    await browser.close();
    expect(await connection.ended).toBe("CLOSED");
    expect((await loadProfileState(profileDir)).state?.origins).toHaveLength(1);
  });

  test("ends when nobody uses it", async () => {
    expect(await connect({ idleMs: 1 }).ended).toBe("IDLE");
  });

  test("ends with the process that wanted it, and leaves no browser", async () => {
    const connection = connect();
    await connection.ready;
    const browsers = descendantsOf(connection.child.pid ?? 0);
    expect(browsers.length).toBeGreaterThan(0);
    connection.child.disconnect();
    await once(connection.child, "exit");
    // what was ended may take a moment to be gone
    await vi.waitUntil(() => !browsers.some(isRunning));
    const lock = await lockProfile(profileDir);
    expect(lock).toBeDefined();
    await lock?.release();
  });
});

describe("what others reach", () => {
  test("nothing without the token, with another host's name, or from a page", async () => {
    const connection = connect();
    const { ws, http } = await connection.ready;
    const { host, port } = new URL(ws);
    for (const wrong of [`ws://${host}/devtools/browser/`, `${ws.slice(0, -1)}`, `${ws}x`, `ws://${host}/`])
      expect(await knock(wrong)).toBe(404);
    expect(await knock(ws, { host: `evil.example:${port}` })).toBe(404);
    expect(await knock(ws, { origin: "https://evil.example" })).toBe(404);
    expect(await knock(ws, { origin: `http://127.0.0.1:${port}` })).toBe(404);
    for (const wrong of [`http://${host}/json/version`, `http://${host}/wrong/json/version`, `http://${host}/`, `${http}/json`, http]) {
      const answer = await fetch(wrong);
      expect([answer.status, await answer.text()]).toEqual([404, ""]);
    }
    expect(await (await fetch(`${http}/json/version`)).json()).toMatchObject({ webSocketDebuggerUrl: ws, Browser: expect.any(String) });
  });

  test("a second client is refused while one is there, and let in after it", async () => {
    const { ws } = await connect().ready;
    const browser = await chromium.connectOverCDP(ws);
    expect(await knock(ws)).toBe(409);
    await browser.close();
    expect(await knock(ws)).toBe("open");
  });
});

describe("the gate", () => {
  test("is the only way out: hosts that the policy does not allow are not reached, and that is told", async () => {
    const closed = { rules: [], maxDownload: { bytes: 0, by: "device" as const }, damaged: false };
    const connection = connect({ policy: closed });
    const browser = await chromium.connectOverCDP((await connection.ready).ws);
    const page = await browser.contexts()[0]?.newPage();
    await expect(page?.goto(`${site.origin}/account`)).rejects.toThrow(/net::/);
    expect(connection.messages).toContainEqual({
      type: "refused",
      reason: expect.objectContaining({ subject: "127.0.0.1" }),
      at: expect.any(Number),
    });
    await browser.close();
  });

  test("cannot be gone around by a context with a proxy of its own", async () => {
    const { ws } = await connect().ready;
    const browser = await chromium.connectOverCDP(ws);
    await expect(browser.newContext({ proxy: { server: "http://127.0.0.1:9" } })).rejects.toThrow(/only way out/);
    const context = await browser.newContext();
    await context.newPage();
    await browser.close();
  });
});

test("a connection leaves no folder of its own behind, nor its lock", async () => {
  const connection = connect({}, { TMPDIR: folder.path });
  await connection.ready;
  const own = () => readdirSync(folder.path).filter((name) => name.startsWith("deskhand-connect-"));
  expect(own()).toHaveLength(1);
  await close(connection);
  expect(own()).toEqual([]);
  expect(readdirSync(profileDir)).not.toContain("lock");
});

test("a run on the profile finds itself signed in where a script has signed in", async () => {
  profileDir = path.join(folder.path, "profiles/profile-a");
  const connection = connect();
  await signInWithPuppeteer((await connection.ready).ws);
  await close(connection);
  const worker = startTestWorker();
  const steps = [
    { type: "navigate", url: `${site.origin}/account` },
    { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "heading", selectors: ["h1"] } },
  ];
  const { finished } = orderRun(worker, { folder: folder.path, steps });
  expect(await finished).toMatchObject({ status: "succeeded", data: { heading: "Welcome" } });
  await worker.stop();
});
