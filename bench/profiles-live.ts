// Proportional memory of a live profile, blank and realistic, at 100 and 300 and at as many as fit, beside a bare Playwright script with a
// context each in one browser. Ours is the worker with its browsers, each profile held open by a session. Goal: at most 1.1 of the bare
// script. `--quick` takes 20 and 50; `--counts 100,300` those.
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { findBrowser } from "../desktop-runner/src/browser/find-browser.ts";
import { WorkerHost } from "../desktop-runner/src/runs/worker-host.ts";
import { allowing } from "../desktop-runner/src/testing/worker.ts";
import { defaultSettings } from "../packages/shared/src/schemas/profile-settings.ts";
import { proportionalMemory, treeOf } from "./profiles/memory.ts";
import { servePages } from "./profiles/pages.ts";

const { values } = parseArgs({ options: { quick: { type: "boolean" }, counts: { type: "string" } } });
const counts = (values.counts ?? (values.quick ? "20,50" : "100,300")).split(",").map(Number);
const GOAL = 1.1;
/** When so much is left, no more fit: the rest of the computer needs it. */
const RESERVE_BYTES = 2 * 1024 ** 3;
const MOST = 1_000;
/** What the page still does after it was opened must be over: none of it is measured. */
const REST_MS = 3_000;

const pages = await servePages();
const folder = await mkdtemp(path.join(os.tmpdir(), "deskhand-bench-live-"));
const executablePath = findBrowser()?.path ?? "";
const rest = () => new Promise((resolve) => setTimeout(resolve, REST_MS));
const memoryOf = (pid: number) => proportionalMemory(treeOf(pid).map((each) => each.pid));

/** @returns megabytes for each count in turn, and how many fit when `fill` */
async function ours(url: string, steps: readonly number[], fill: boolean): Promise<{ sizes: number[]; fit: number }> {
  const host = new WorkerHost({ home: folder, onProblem: (what, error) => console.error(what, error) });
  const opened = new Map<string, PromiseWithResolvers<void>>();
  host.onSession = (sessionId, event) => {
    if (event.kind === "opened") opened.get(sessionId)?.resolve();
    if (event.kind === "closed") opened.get(sessionId)?.reject(new Error(`a session ended with ${event.code}`));
  };
  let live = 0;
  const open = async () => {
    const sessionId = randomUUID();
    const done = Promise.withResolvers<void>();
    opened.set(sessionId, done);
    const profileDir = path.join(folder, "profiles", sessionId);
    const order = {
      type: "open-session",
      sessionId,
      profileId: sessionId,
      profileDir,
      settings: defaultSettings,
      window: false,
    } as const;
    await host.openSession({ ...order, urls: [url], policy: allowing(), proxies: [] });
    await done.promise;
    live++;
  };
  const own = () => treeOf(process.pid).find(({ commandLine }) => /worker\/main\.ts/.test(commandLine))?.pid ?? 0;
  const sizes: number[] = [];
  try {
    for (const count of steps) {
      while (live < count) await Promise.all(Array.from({ length: Math.min(4, count - live) }, open));
      await rest();
      sizes.push(memoryOf(own()));
    }
    while (fill && live < MOST && process.availableMemory() > RESERVE_BYTES) await Promise.all(Array.from({ length: 4 }, open));
    if (fill) await rest();
    if (fill) sizes.push(memoryOf(own()));
  } finally {
    host.kill();
    await host.stop();
  }
  return { sizes, fit: live };
}

async function bare(url: string, steps: readonly number[]): Promise<number[]> {
  const child = fork(path.join(import.meta.dirname, "profiles/bare-process.ts"), [executablePath]);
  await once(child, "message");
  const sizes: number[] = [];
  let live = 0;
  for (const count of steps) {
    child.send({ url, count: count - live });
    await once(child, "message");
    live = count;
    await rest();
    sizes.push(memoryOf(child.pid ?? 0));
  }
  child.disconnect();
  await once(child, "exit");
  return sizes;
}

for (const page of ["blank", "realistic"]) {
  const url = `${pages.url}/${page}`;
  const floor = await bare(url, counts);
  const { sizes, fit } = await ours(url, counts, !values.quick && values.counts === undefined);
  for (const [index, count] of counts.entries()) {
    const [our, their] = [(sizes[index] ?? 0) / count, (floor[index] ?? 0) / count];
    const rounded = {
      mbPerProfile: Number(our.toFixed(1)),
      bareMbPerProfile: Number(their.toFixed(1)),
      ratio: Number((our / their).toFixed(3)),
    };
    console.log(JSON.stringify({ bench: "profiles-live", page, profiles: count, ...rounded, goal: GOAL }));
  }
  const last = sizes[counts.length];
  if (last !== undefined) {
    console.log(
      JSON.stringify({ bench: "profiles-live", page, profiles: fit, asManyAsFit: true, mbPerProfile: Number((last / fit).toFixed(1)) }),
    );
  }
}
pages.close();
await rm(folder, { recursive: true, force: true });
process.exit(0);
