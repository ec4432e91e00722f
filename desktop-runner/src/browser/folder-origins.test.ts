import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { useChrome } from "../testing/used-chrome.ts";
import { type TestFolder, testFolder } from "../testing/worker.ts";
import { findWindowBrowser } from "./find-browser.ts";
import { originsOfFolder } from "./folder-origins.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const chrome = findWindowBrowser() ?? "";
let sites: FixtureSite[];
let folder: TestFolder;
beforeAll(async () => {
  sites = await Promise.all([startFixtureSite(), startFixtureSite(), startFixtureSite()]);
  folder = await testFolder();
});
afterAll(async () => {
  await Promise.all(sites.map((site) => site.close()));
  await folder.remove();
});

it.runIf(chrome)("tells the sites that keep something in a browser's folder, also when the browser has packed it since", async () => {
  const [stored, database, cached] = sites.map(({ origin }) => origin);
  const userData = path.join(folder.path, "chrome");
  const fill = () => {
    for (let index = 0; index < 300; index++) localStorage.setItem(`key ${index}`, `value ${index} `.repeat(50));
  };
  await useChrome(chrome, userData, async (page) => {
    await page.goto(`${stored}/index`);
    await page.evaluate(fill);
  });
  await useChrome(chrome, userData, async (page) => {
    await page.goto(`${database}/unsaved?by=plain`);
    await page.locator("text=all kept").waitFor();
    await page.goto(`${cached}/unsaved?by=cache`);
    await page.locator("text=all kept").waitFor();
  });
  // what it has packed is read by another way than what it wrote down last
  expect(await readdir(path.join(userData, "Default/Local Storage/leveldb"))).toContainEqual(expect.stringMatching(/\.ldb$/));
  expect((await originsOfFolder(userData)).sort()).toEqual([stored, database, cached].sort());
});

it("finds none in a folder that is not there, or is something else", async () => {
  expect(await originsOfFolder(path.join(folder.path, "nothing"))).toEqual([]);
});
