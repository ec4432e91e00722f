import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestFolder, testFolder } from "../testing/worker.ts";
import { prepareFolder } from "./prepare-folder.ts";

let folder: TestFolder;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

const lock = () => path.join(folder.path, "SingletonLock");
const preferences = () => path.join(folder.path, "Default", "Preferences");

it("waits for the browser of a runner that was killed until it has ended", async () => {
  // as a browser that writes its last
  const browser = spawn(process.execPath, ["-e", "setTimeout(() => {}, 700)", "--", `--user-data-dir=${folder.path}`]);
  await once(browser, "spawn");
  symlinkSync(`${os.hostname()}-${browser.pid}`, lock());
  await prepareFolder(folder.path);
  expect(browser.exitCode ?? (await once(browser, "exit"))[0]).toBe(0);
  expect(() => readlinkSync(lock())).toThrow("ENOENT");
});

it.each([
  ["another program by now", () => `${os.hostname()}-${process.pid}`],
  ["of another computer", () => `other-${process.pid}`],
  ["nonsense", () => "nonsense"],
])("does not wait for what is %s", async (_, holder) => {
  symlinkSync(holder(), lock());
  await prepareFolder(folder.path);
  expect(() => readlinkSync(lock())).toThrow("ENOENT");
});

it("asks nobody what a typed letter may become, and leaves a folder that was used before as it is", async () => {
  await prepareFolder(folder.path);
  expect(JSON.parse(readFileSync(preferences(), "utf8"))).toMatchObject({ search: { suggest_enabled: false } });
  mkdirSync(path.dirname(preferences()), { recursive: true });
  writeFileSync(preferences(), "{}");
  await prepareFolder(folder.path);
  expect(readFileSync(preferences(), "utf8")).toBe("{}");
});
