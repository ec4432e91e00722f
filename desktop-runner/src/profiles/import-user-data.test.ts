import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findWindowBrowser } from "../browser/find-browser.ts";
import { listProfileStates, loadProfileState, saveProfileState } from "../browser/profile-store.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { openSessionBed, type SessionBed } from "../testing/session-bed.ts";
import { useChrome } from "../testing/used-chrome.ts";
import { orderRun, promised, startTestWorker, type TestFolder, type TestWorker, testFolder } from "../testing/worker.ts";
import { importUserData } from "./import-user-data.ts";

// each starts browsers, more than once
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const chrome = findWindowBrowser() ?? "";
const profile = "profile-a";
let sites: [FixtureSite, FixtureSite];
let folder: TestFolder;
let worker: TestWorker | undefined;
let bed: SessionBed | undefined;
let used: string;

beforeEach(async () => {
  sites = [await startFixtureSite(), await startFixtureSite()];
  folder = await testFolder();
  used = path.join(folder.path, "chrome");
});
afterEach(async () => {
  await worker?.stop();
  await bed?.close();
  worker = undefined;
  bed = undefined;
  await Promise.all(sites.map((site) => site.close()));
  await folder.remove();
});

/** A Chrome that is signed in at one site, and in which another keeps a key and a service worker. */
function usedChrome(): Promise<string> {
  const [first, second] = sites;
  return useChrome(chrome, used, async (page) => {
    await page.goto(`${first.origin}/account`);
    await page.context().addCookies([{ name: "session", value: "ann", url: first.origin, expires: 1_999_999_999 }]);
    await page.goto(`${first.origin}/account`);
    await page.goto(`${second.origin}/unsaved?by=key,plain,service`);
    await page.locator("text=all kept").waitFor();
    await page.evaluate(() => localStorage.setItem("theme", "dark"));
  });
}

describe.runIf(chrome)("the folder of a Chrome that was taken in", () => {
  it("is what a profile with a state of its own goes on with, and that state can be brought back", async () => {
    const profileDir = path.join(folder.path, "profiles", profile);
    const [{ origin }, { origin: other }] = sites;
    const stale = { name: "session", value: "", domain: "127.0.0.1", path: "/", expires: -1 };
    const stored = [{ origin, localStorage: [{ name: "visits", value: "90" }] }];
    await saveProfileState(profileDir, { cookies: [{ ...stale, httpOnly: false, secure: false, sameSite: "Lax" }], origins: stored });
    // its own browser was killed
    await mkdir(path.join(profileDir, "user-data"));
    await writeFile(path.join(profileDir, "user-data.open"), "");
    await writeFile(path.join(profileDir, "user-data.version"), "1");
    await importUserData({ folder: await usedChrome(), chromeProfile: undefined, profileDir });
    worker = startTestWorker();
    const steps = [
      { type: "navigate", url: `${origin}/account` },
      { type: "waitForExpression", expression: 'document.querySelector("#visits").textContent === "2"', timeout: 30_000 },
      { type: "navigate", url: `${other}/index` },
      promised(
        '(async () => localStorage.getItem("theme") === "dark" && (await navigator.serviceWorker.getRegistrations()).length === 1)()',
      ),
    ];
    const run = orderRun(worker, { folder: folder.path, profile, steps, settings: { engine: "dedicated" } });
    expect(await run.finished).toMatchObject({ status: "succeeded" });
    expect((await listProfileStates(profileDir)).at(-1)).toMatchObject({ version: 1, origins: 1 });
  });

  it("comes along to the shared engine with what each site keeps, without a word to any of them", async () => {
    bed = await openSessionBed();
    const profileId = randomUUID();
    bed.profiles.configure([{ profileId, revision: 1, settings: { ...defaultSettings, engine: "dedicated" } }]);
    const profileDir = bed.folderOf(profileId);
    await importUserData({ folder: await usedChrome(), chromeProfile: undefined, profileDir });
    const asked = sites.map(({ requests }) => requests.length);
    expect(await bed.sessions.convert(profileId, "shared")).toBeUndefined();
    expect(sites.map(({ requests }) => requests.length)).toEqual(asked);
    const { state } = await loadProfileState(profileDir);
    expect(state?.cookies).toMatchObject([{ name: "session", value: "ann" }]);
    const [{ origin }, { origin: other }] = sites;
    expect(state?.origins).toContainEqual(expect.objectContaining({ origin, localStorage: [{ name: "visits", value: "1" }] }));
    const indexedDB = [expect.objectContaining({ name: "db" })];
    expect(state?.origins).toContainEqual(
      expect.objectContaining({ origin: other, localStorage: [{ name: "theme", value: "dark" }], indexedDB }),
    );
    expect(bed.profiles.facts(profileId).flags).toEqual(["crypto-key", "service-worker"]);
  });
});
