import { once } from "node:events";
import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { loadProfileState } from "../../../desktop-runner/src/browser/profile-store.ts";
import { readAllStates, type StorageState } from "../../../desktop-runner/src/browser/state-files.ts";
import {
  commandLineOf,
  descendantsOf,
  isRunning,
  orderRun,
  startTestWorker,
  type TestFolder,
  testFolder,
} from "../../../desktop-runner/src/testing/worker.ts";
import { bundlePrograms } from "../../../scripts/build/programs.ts";
import { tellProgress } from "./tell-progress.ts";

/** `npm run test:kills` sets more. */
const kills = Number(process.env.FAULTS_KILLS ?? 4);

/** Goes on counting where its storage is: all items and the cookie have the same count in between two turns. */
const page = `<!doctype html><title>Count</title><button id="go">Go</button><script>
let count = Number(localStorage.getItem("k0") ?? 0);
setInterval(() => {
  count++;
  document.cookie = "count=" + count + "; max-age=86400";
  for (let item = 0; item < 300; item++) localStorage.setItem("k" + item, count);
}, 10);
</script>`;

let site: Server;
let folder: TestFolder;
let programs: string;
beforeAll(async () => {
  // from its source each worker would take longer to start than its browser
  programs = await bundlePrograms({ folder: "desktop-runner/src/worker", names: ["main"], purpose: "kills-in-a-run" });
  site = createServer((_, response) => response.setHeader("content-type", "text/html").end(page)).listen(0, "127.0.0.1");
  await once(site, "listening");
});
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());
afterAll(async () => {
  site.closeAllConnections();
  site.close();
  await rm(programs, { recursive: true, force: true });
});

/** The one count of the state; undefined when it is made of two. */
function countOf({ cookies, origins }: StorageState): number | undefined {
  const values = new Set(origins.flatMap(({ localStorage }) => localStorage.map(({ value }) => value)));
  const [stored] = [...values].map(Number);
  const cookie = Number(cookies.find(({ name }) => name === "count")?.value);
  // the page sets the cookie first: what is stored may be older, and is never newer
  return values.size === 1 && stored !== undefined && cookie >= stored ? stored : undefined;
}

const startWorker = () => startTestWorker({}, path.join(programs, "main.mjs"));
const isBrowser = (pid: number) => isRunning(pid) && /chrom/.test(commandLineOf(pid));

function kill9(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended with its parent
  }
}

/** What is killed while it saves: the browser whose state it is, or the process of the runner that writes it. */
const victims = ["browser", "runner"] as const;

test.for(victims)(
  `a %s that is killed while a state is saved, ${kills} times over, never leaves a torn state, and none that was saved is lost`,
  {
    timeout: 120_000 + kills * 60_000,
  },
  async (victim) => {
    const { port } = site.address() as AddressInfo;
    const click = { type: "click", selectors: ["#go"], offsetX: 2, offsetY: 2 };
    const steps = [{ type: "navigate", url: `http://127.0.0.1:${port}/` }, ...Array.from({ length: 400 }, () => click)];
    let worker = startWorker();
    const browsers = () => descendantsOf(worker.child.pid ?? 0).filter((pid) => /chrom/.test(commandLineOf(pid)));
    const seen = new Set<number>();
    const newest = { shared: 0, dedicated: 0 };
    for (let kill = 0; kill < kills; kill++) {
      const engine = kill % 2 === 0 ? "shared" : "dedicated";
      const { runId, finished } = orderRun(worker, { folder: folder.path, steps, profile: engine, settings: { engine } });
      await worker.untilEvent(runId, "profile-saved");
      // anywhere in one of the next savings
      await delay(Math.random() * 600);
      for (const pid of browsers()) seen.add(pid);
      if (victim === "browser") {
        for (const pid of browsers()) kill9(pid);
        expect(await finished).toMatchObject({ status: "failed", code: "BROWSER_CRASHED" });
      } else {
        finished.catch(() => {}); // nobody is left to say so
        worker.child.kill("SIGKILL");
        await worker.exited;
        // the runner waits for them too: a folder that is open is not opened again
        await vi.waitUntil(() => ![...seen].some(isBrowser), { timeout: 60_000, interval: 20 });
        worker = startWorker();
      }
      const profileDir = path.join(folder.path, "profiles", engine);
      const { state, restored, lost } = await loadProfileState(profileDir);
      expect({ restored, lost }).toEqual({ restored: false, lost: false });
      const count = state && countOf(state);
      expect(count).toBeGreaterThan(newest[engine]);
      const kept = await readAllStates(profileDir);
      expect(kept.map((one) => countOf(one.state))).not.toContain(undefined);
      newest[engine] = count as number;
      // else all that was told before is looked through for each word of the next run
      worker.messages.length = 0;
      tellProgress(`kills of the ${victim} in mid-save`, kill + 1, kills);
    }
    await worker.stop();
    await vi.waitUntil(() => ![...seen].some(isBrowser), { timeout: 60_000, interval: 100 });
  },
);
