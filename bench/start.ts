// The second start to ready, the size of the runner's bundle, and the idle runner's memory beside a bare Node process.
// Goals: ready in at most 6 s; at most 1 MB besides playwright-core; at most 20 MB over bare Node.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { makeProductFolder } from "../e2e/start-product.ts";
import { startProduct } from "./product.ts";

const root = path.resolve(import.meta.dirname, "..");
const MB = 1_000_000;

/** Resident bytes of a process, its children not counted (Linux). */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

async function pidOf(dir: string, part: string): Promise<number> {
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const [command, environment] = await Promise.all(
      ["cmdline", "environ"].map((f) => readFile(`/proc/${entry}/${f}`, "utf8").catch(() => "")),
    );
    if (command?.includes(part) && environment?.includes(dir)) return Number(entry);
  }
  throw new Error(`no process of ${part}`);
}

/** The least that was resident within the time: what is left when garbage has been collected. */
async function settledBytes(pid: number, ms: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (const end = Date.now() + ms; Date.now() < end; ) {
    least = Math.min(least, await residentBytes(pid));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return least;
}

const folder = await makeProductFolder();
const first = await startProduct(folder.dir);
await first.stop();
const second = await startProduct(folder.dir);
try {
  const dist = path.join(root, "desktop-runner/dist");
  const bundles = await Promise.all((await readdir(dist)).map((file) => stat(path.join(dist, file))));
  const bare = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6); fs.writeSync(1, 'up')"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  // before that, parts of Node itself are not in its memory yet
  await once(bare.stdout, "data");
  const runner = await pidOf(folder.dir, path.join("dist", "deskhand.mjs"));
  const [idle, floor] = await Promise.all([settledBytes(runner, 20_000), settledBytes(bare.pid as number, 20_000)]);
  bare.kill();
  console.log(
    JSON.stringify({
      bench: "start",
      firstReadyMs: Math.round(first.readyMs),
      secondReadyMs: Math.round(second.readyMs),
      goalReadyMs: 6000,
      bundleBytes: bundles.reduce((sum, b) => sum + b.size, 0),
      goalBundleBytes: MB,
      runnerIdleMb: Number((idle / MB).toFixed(1)),
      bareNodeMb: Number((floor / MB).toFixed(1)),
      overBareMb: Number(((idle - floor) / MB).toFixed(1)),
      goalOverBareMb: 20,
    }),
  );
} finally {
  await second.stop();
  await folder.remove();
}
