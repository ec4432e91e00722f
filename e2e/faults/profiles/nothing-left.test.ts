import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createBrowserPool } from "../../../desktop-runner/src/browser/browser-pool.ts";
import { defaultShape } from "../../../desktop-runner/src/browser/context-shape.ts";
import { findBrowser } from "../../../desktop-runner/src/browser/find-browser.ts";
import { WorkerHost } from "../../../desktop-runner/src/runs/worker-host.ts";
import {
  allowing,
  commandLineOf,
  descendantsOf,
  isRunning,
  type TestFolder,
  testFolder,
} from "../../../desktop-runner/src/testing/worker.ts";
import { defaultSettings } from "../../../packages/shared/src/schemas/profile-settings.ts";
import { bundlePrograms } from "../../../scripts/build/programs.ts";
import { tellProgress } from "./tell-progress.ts";

/** `npm run test:kills` sets more. */
const launches = Number(process.env.FAULTS_KILLS ?? 6);

let folder: TestFolder;
let programs: string;
let usual: string | undefined;
beforeAll(async () => {
  // from its source each worker would take longer to start than its browser
  programs = await bundlePrograms({ folder: "desktop-runner/src/worker", names: ["main"], purpose: "kills" });
});
afterAll(() => rm(programs, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await testFolder();
  usual = process.env.TMPDIR;
  process.env.TMPDIR = path.join(folder.path, "tmp");
  await mkdir(process.env.TMPDIR);
});
afterEach(async () => {
  if (usual === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usual;
  await folder.remove();
});

const isBrowser = (pid: number) => /chrom/.test(commandLineOf(pid));
const left = () => readdir(path.join(folder.path, "tmp"));

test(`${launches} browsers that were started, closed in order or killed, leave no process and no folder behind`, {
  timeout: 120_000 + launches * 60_000,
}, async () => {
  const seen = new Set<number>();
  for (let launch = 0; launch < launches; launch++) {
    const worker = new WorkerHost({ file: path.join(programs, "main.mjs"), home: path.join(folder.path, "home"), onProblem: () => {} });
    const over = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<void>();
    worker.onSession = (_, event) => {
      if (event.kind === "opened") opened.resolve();
      if (event.kind === "closed") over.resolve();
    };
    const profileDir = path.join(folder.path, "profiles", `${launch % 20}`);
    const sessionId = `session-${launch}`;
    // every tenth in a folder of its own: those browsers take longer to start
    const settings = { ...defaultSettings, engine: launch % 10 === 9 ? "dedicated" : "shared" } as const;
    await worker.openSession({
      type: "open-session",
      sessionId,
      profileId: "a",
      profileDir,
      settings,
      window: false,
      urls: [],
      policy: allowing(),
      proxies: [],
    });
    await opened.promise;
    const browsers = descendantsOf(process.pid).filter(isBrowser);
    for (const pid of browsers) seen.add(pid);
    expect(browsers.length).toBeGreaterThan(0);
    if (launch % 3 === 0) worker.closeSession(sessionId);
    else if (launch % 3 === 1) worker.kill();
    else for (const pid of browsers) process.kill(pid, "SIGKILL");
    await over.promise;
    await worker.stop();
    tellProgress("launches", launch + 1, launches);
  }
  await vi.waitUntil(() => ![...seen].some((pid) => isRunning(pid) && isBrowser(pid)), { timeout: 60_000, interval: 100 });
  await vi.waitUntil(async () => (await left()).length === 0, { timeout: 60_000, interval: 100 });
});

test("a pool whose browsers are closed leaves no process behind", async () => {
  const downloadsPath = path.join(folder.path, "downloads");
  const executablePath = findBrowser()?.path ?? "";
  const pool = createBrowserPool({
    executablePath,
    tracesDir: path.join(folder.path, "traces"),
    downloadsPath,
    contextsPerBrowser: 1,
    maxBrowsers: 2,
  });
  for (let i = 0; i < 3; i++) await pool.take(defaultShape);
  const browsers = descendantsOf(process.pid).filter(isBrowser);
  expect(browsers.length).toBeGreaterThan(0);
  await pool.close();
  await vi.waitUntil(() => !browsers.some(isRunning), { interval: 50 });
});
