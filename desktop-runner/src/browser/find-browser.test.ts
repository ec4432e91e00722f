import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type TestFolder, testFolder } from "../testing/worker.ts";
import { findBrowser, findFolderBrowser, findWindowBrowser } from "./find-browser.ts";

let folder: TestFolder;
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());

async function program(name: string): Promise<string> {
  const file = path.join(folder.path, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, "#!/bin/sh\n");
  await chmod(file, 0o755);
  return file;
}
const env = (values: Record<string, string>) => ({ NODE_ENV: "test", PATH: folder.path, ...values }) as NodeJS.ProcessEnv;

it("takes what DESKHAND_BROWSER names, by path or by name, and nothing else when that is not a program", async () => {
  const chrome = await program("google-chrome");
  const own = await program("my-chrome");
  expect(findBrowser(env({ DESKHAND_BROWSER: own }), "linux")).toEqual({ path: own, from: "DESKHAND_BROWSER" });
  expect(findBrowser(env({ DESKHAND_BROWSER: "my-chrome" }), "linux")?.path).toBe(own);
  expect(findBrowser(env({ DESKHAND_BROWSER: "/no/such" }), "linux")).toBeUndefined();
  expect(findBrowser(env({ DESKHAND_BROWSER: " " }), "linux")?.path).toBe(chrome);
});

it("prefers a headless shell, then Chrome, then Chromium", async () => {
  const chromium = await program("chromium");
  expect(findBrowser(env({}), "linux")).toEqual({ path: chromium, from: "installed" });
  const chrome = await program("google-chrome");
  expect(findBrowser(env({}), "linux")?.path).toBe(chrome);
  const shell = await program("chrome-headless-shell");
  expect(findBrowser(env({}), "linux")?.path).toBe(shell);
});

it("passes over what is a folder or cannot be run", async () => {
  await mkdir(path.join(folder.path, "google-chrome"));
  const file = await program("google-chrome-stable");
  await chmod(file, 0o644);
  expect(findBrowser(env({}), "linux")?.path ?? "none").not.toContain(folder.path);
});

it("shows a window with a browser that has windows: no headless shell, and none that may not look into the runner's folder", async () => {
  const shell = await program("chrome-headless-shell");
  expect(findWindowBrowser(env({ DESKHAND_BROWSER: shell }), "win32")).toBeUndefined();
  await program("snap/bin/chromium");
  const inSnap = env({ PATH: `${folder.path}${path.delimiter}${path.join(folder.path, "snap/bin")}` });
  expect(findWindowBrowser(inSnap, "win32")).toBeUndefined();
  const chrome = await program("google-chrome");
  expect(findWindowBrowser(env({ DESKHAND_BROWSER: shell }), "linux")).toBe(chrome);
  const own = await program("my-chrome");
  expect(findWindowBrowser(env({ DESKHAND_BROWSER: own }), "linux")).toBe(own);
});

it("takes a Chromium for a folder with extensions, which Chrome would not load", async () => {
  const chrome = await program("google-chrome");
  const plain = { window: false, extensions: false };
  const shell = await program("chrome-headless-shell");
  expect(findFolderBrowser(plain, env({}), "linux")).toBe(chrome);
  const chromium = await program("chromium");
  expect(findFolderBrowser(plain, env({}), "linux")).toBe(chrome);
  expect(findFolderBrowser({ window: false, extensions: true }, env({}), "linux")).toBe(chromium);
  const own = await program("my-chrome");
  expect(findFolderBrowser({ window: true, extensions: true }, env({ DESKHAND_BROWSER: own }), "linux")).toBe(own);
  const onlyShell = env({ DESKHAND_BROWSER: shell, PATH: "" });
  expect(findFolderBrowser(plain, onlyShell, "win32")).toBe(shell);
  expect(findFolderBrowser({ ...plain, window: true }, onlyShell, "win32")).toBeUndefined();
});
