import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { FirstRun } from "../e2e/product.ts";
import { freePort } from "../scripts/process/port.ts";

const root = path.resolve(import.meta.dirname, "..");

export type Product = { url: string; dataDir: string; home: string; readyMs: number; firstRun: FirstRun; stop(): Promise<void> };

/** A folder of its own for a product that is started more than once. */
export async function makeFolder(): Promise<{ dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), "deskhand-bench-"));
  await chmod(dir, 0o755); // the database's own user must pass when this runs as root
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** `npm start` with data and home in `dir`; resolves at the line that says that it is ready. */
export async function startProduct(dir: string, env: Record<string, string> = {}): Promise<Product> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const dataDir = path.join(dir, "data");
  const home = path.join(dir, "home");
  const started = performance.now();
  const child = spawn(process.execPath, [path.join(root, "scripts/start.mjs")], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      PORT: String(port),
      PUBLIC_URL: url,
      DESKHAND_DATA_DIR: dataDir,
      DESKHAND_HOME: home,
      DATABASE_URL: "",
      RATE_LIMIT_API_PER_HOUR: "1000000",
      LOG_LEVEL: "warn",
      ...env,
    },
  });
  await lineThatSays(child, `Deskhand is ready at ${url}`);
  const readyMs = performance.now() - started;
  const { default: firstRun } = await import(path.join(dataDir, "first-run.json"), { with: { type: "json" } });
  return {
    url,
    dataDir,
    home,
    readyMs,
    firstRun: { ...firstRun, url },
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

function lineThatSays(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    if (!child.stdout) throw new Error("the product's output is not read");
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line);
      if (line.includes(words)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`npm start ended with ${code}:\n${said.slice(-20).join("\n")}`)));
  });
}

/** A call to the REST API with the first run's key. */
export async function call<T>(product: Product, method: string, route: string, body?: unknown): Promise<T> {
  const response = await fetch(`${product.url}/api/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${product.firstRun.apiKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

type RunOutcome = { id: string; state: string; failureCode: string | null; startedAt: string | null; finishedAt: string | null };

/** Waits until all these runs have ended; looks four times a second, by list, so that looking costs little. */
export async function untilAllEnded(product: Product, count: number): Promise<RunOutcome[]> {
  for (;;) {
    const active = await call<{ items: RunOutcome[] }>(product, "GET", "/runs?state=active&limit=1");
    if (active.items.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const { items } = await call<{ items: RunOutcome[] }>(product, "GET", `/runs?limit=${count}`);
  const failed = items.filter((run) => run.state !== "succeeded");
  if (failed.length > 0) throw new Error(`${failed.length} runs did not succeed, the first with ${failed[0]?.failureCode}`);
  return items;
}
