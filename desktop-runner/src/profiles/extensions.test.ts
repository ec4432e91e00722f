import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { chromium } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { findWindowBrowser } from "../browser/find-browser.ts";
import { lockProfile } from "../browser/profile-store.ts";
import { startConnection } from "../testing/connection-process.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { loadUnpacked, makeExtension } from "../testing/test-extension.ts";
import { useChrome } from "../testing/used-chrome.ts";
import { orderRun, startTestWorker, type TestFolder, type TestWorker, testFolder } from "../testing/worker.ts";
import { exportProfile } from "./export-profile.ts";
import { addExtension, listExtensions, removeExtension } from "./extensions.ts";
import { importProfile } from "./import-profile.ts";
import { importUserData } from "./import-user-data.ts";

// each starts browsers, more than once
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let site: FixtureSite;
let worker: TestWorker;
let folder: TestFolder;
let source: string;
const settings = { ...defaultSettings, engine: "dedicated" as const };
const dirOf = (profile: string) => path.join(folder.path, "profiles", profile);

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
  source = path.join(folder.path, "my, extension");
});
afterEach(() => folder.remove());

/** What the extension has counted, which counts the pages by which a state is collected too, as a run on the profile sees it on a page. */
async function countInRun(profile: string): Promise<number> {
  const steps = [
    { type: "navigate", url: `${site.origin}/index` },
    { type: "waitForExpression", expression: "document.documentElement.dataset.count !== undefined", timeout: 15_000 },
    {
      type: "customStep",
      name: "deskhand.extract",
      parameters: { kind: "attribute", attribute: "data-count", key: "count", selectors: ["html"] },
    },
  ];
  const end = await orderRun(worker, { folder: folder.path, profile, steps, settings }).finished;
  return Number(end.data?.count);
}

async function countInConnection(profile: string): Promise<number> {
  const connection = startConnection({ profileDir: dirOf(profile), settings });
  const browser = await chromium.connectOverCDP((await connection.ready).ws);
  const page = await browser.contexts()[0]?.newPage();
  await page?.goto(`${site.origin}/index`);
  const marked = page?.locator("html[data-count]");
  await marked?.waitFor({ state: "attached" });
  const count = await marked?.getAttribute("data-count");
  await page?.close();
  await browser.close();
  connection.send({ type: "close" });
  await connection.ended;
  return Number(count);
}

describe.runIf(findWindowBrowser())("an extension of a profile", () => {
  it("works in runs and for connected programs, and goes with a bundle, with what it keeps", async () => {
    makeExtension(source);
    expect(await addExtension(dirOf("a"), source)).toEqual({ folder: "my-extension", name: "Counter", version: "1.2" });
    expect(await countInRun("a")).toBe(1);
    const connected = await countInConnection("a");
    expect(connected).toBeGreaterThan(1);
    const lock = { passphrase: "correct horse" };
    let bundle = Buffer.alloc(0);
    await exportProfile({ profileDir: dirOf("a"), settings, name: "A", format: "bundle", lock, now: Date.now() }, async (file) => {
      bundle = await buffer(file);
    });
    await mkdir(dirOf("b"), { recursive: true });
    await importProfile(Readable.from([bundle]), { profileDir: dirOf("b"), mode: "replace", keys: lock });
    expect(await listExtensions(dirOf("b"))).toEqual([{ folder: "my-extension", name: "Counter", version: "1.2" }]);
    const moved = await countInRun("b");
    expect(moved).toBeGreaterThan(connected);
    // a newer one takes its place, and goes on with what it kept
    makeExtension(source, { version: "1.3" });
    expect(await addExtension(dirOf("b"), source)).toMatchObject({ version: "1.3" });
    expect(await countInRun("b")).toBeGreaterThan(moved);
    await removeExtension(dirOf("b"), "my-extension");
    expect(await listExtensions(dirOf("b"))).toEqual([]);
  });

  it("that was installed in a Chrome works after that was taken in", async () => {
    makeExtension(source);
    const used = path.join(folder.path, "chrome");
    await useChrome(findWindowBrowser() ?? "", used, (page) => page.goto(`${site.origin}/index`));
    loadUnpacked(used, source);
    await importUserData({ folder: used, chromeProfile: undefined, profileDir: dirOf("a") });
    expect(await countInRun("a")).toBe(1);
  });
});

describe("what is no extension", () => {
  const refused = (files: Record<string, string>) => {
    mkdirSync(source, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(source, name), text);
    return expect(addExtension(dirOf("a"), source)).rejects;
  };
  const manifest = (more: object) => ({ "manifest.json": JSON.stringify({ manifest_version: 3, name: "A", version: "1", ...more }) });

  it("is refused with what is wrong, and leaves nothing in the profile", async () => {
    await refused({}).toMatchObject({ code: "NOT_AN_EXTENSION", message: "There is no manifest.json in it." });
    await refused({ "manifest.json": "{" }).toMatchObject({ code: "NOT_AN_EXTENSION", message: "Its manifest.json is not JSON." });
    await refused(manifest({ manifest_version: 2 })).toMatchObject({ message: "In its manifest.json: manifest_version has to be 3." });
    await refused(manifest({ name: undefined })).toMatchObject({ message: "In its manifest.json: name is missing." });
    await refused(manifest({ version: "1.0-beta" })).toMatchObject({ message: "In its manifest.json: version has to be like 1.2.3." });
    await refused({ ...manifest({}), "_hidden.js": "" }).toMatchObject({
      code: "NOT_AN_EXTENSION",
      message: expect.stringContaining("_hidden.js"),
    });
    expect(await readdir(folder.path)).toEqual(["my, extension"]);
  });

  it("is not what a link leads to, nor what a store put beside it", async () => {
    makeExtension(source);
    writeFileSync(path.join(folder.path, "secret"), "not yours");
    symlinkSync(path.join(folder.path, "secret"), path.join(source, "linked.txt"));
    mkdirSync(path.join(source, "_metadata"));
    writeFileSync(path.join(source, "_metadata/verified_contents.json"), "[]");
    const { folder: name } = await addExtension(dirOf("a"), source);
    const place = path.join(dirOf("a"), "extensions", name);
    expect((await readdir(place)).sort()).toEqual(["lock.js", "manifest.json"]);
    const { key } = JSON.parse(await readFile(path.join(place, "manifest.json"), "utf8")) as { key: string };
    await addExtension(dirOf("a"), source);
    expect(JSON.parse(await readFile(path.join(place, "manifest.json"), "utf8"))).toMatchObject({ key });
  });

  it("nor is one added or removed while somebody uses the profile", async () => {
    makeExtension(source);
    await addExtension(dirOf("a"), source);
    const lock = await lockProfile(dirOf("a"));
    await expect(addExtension(dirOf("a"), source)).rejects.toMatchObject({ code: "PROFILE_BUSY" });
    await expect(removeExtension(dirOf("a"), "my-extension")).rejects.toMatchObject({ code: "PROFILE_BUSY" });
    await expect(removeExtension(dirOf("a"), "other")).rejects.toMatchObject({ code: "EXTENSION_UNKNOWN" });
    await lock?.release();
  });
});
