import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isAlive } from "../process/alive.ts";

let dir: string;
let mark: string;
let starter: ChildProcess;
let lines: string[];

// what `npm start` does with its parts, with stand-ins for the server and the runner: one that ends in order, one that is deaf
// and leaves a "browser" in a process group of its own
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "deskhand-supervision-"));
  await chmod(dir, 0o755);
  mark = randomUUID();
  lines = [];
  await writeFile(path.join(dir, "browser.mjs"), "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);");
  await writeFile(
    path.join(dir, "server.mjs"),
    `import { appendFileSync } from "node:fs";
     const end = (why) => { appendFileSync(${JSON.stringify(path.join(dir, "ended"))}, why + "\\n"); process.exit(0); };
     process.on("SIGTERM", () => end("server"));
     process.on("disconnect", () => end("server"));
     process.on("message", ({ crash }) => { if (crash) process.exit(1); });
     process.send({ type: "ready", pid: process.pid });`,
  );
  await writeFile(
    path.join(dir, "runner.mjs"),
    `import { spawn } from "node:child_process";
     process.on("SIGTERM", () => {});
     process.on("disconnect", () => {});
     const browser = spawn(process.execPath, [${JSON.stringify(path.join(dir, "browser.mjs"))}], { detached: true, stdio: "ignore" });
     process.send({ type: "ready", pid: process.pid, browser: browser.pid });
     setInterval(() => {}, 1000);`,
  );
  await writeFile(
    path.join(dir, "start.ts"),
    `import { startChild } from ${module("start/child.ts")};
     import { prepareShutdown } from ${module("start/shutdown.ts")};
     import { openLog } from ${module("start/logs.ts")};
     import { startWatchdog } from ${module("process/watchdog.ts")};
     import { startEmbeddedPostgres } from ${module("postgres/embedded.ts")};
     const mark = ${JSON.stringify(mark)};
     const watchdog = startWatchdog(1000);
     watchdog.markedBy(mark);
     process.env.DESKHAND_START_ID = mark;
     const shutdown = prepareShutdown(watchdog, mark);
     const postgres = await startEmbeddedPostgres({ dir: ${JSON.stringify(path.join(dir, "postgres"))}, sync: false });
     watchdog.guard(postgres.pid, "SIGINT", 3);
     shutdown.add(() => postgres.stop());
     console.log(JSON.stringify({ name: "postgres", pid: postgres.pid }));
     for (const [order, name] of [[2, "server"], [1, "runner"]]) {
       const log = openLog(${JSON.stringify(dir)}, name, false);
       const child = startChild({ name, args: [${JSON.stringify(dir)} + "/" + name + ".mjs"], env: process.env, log, watchdog, order, graceMs: name === 'runner' ? 1000 : 10_000 });
       child.keepAlive();
       shutdown.add((now) => child.stop(now));
       child.on("message", (message) => console.log(JSON.stringify({ name, ...message })));
       process.on("SIGUSR2", () => child.send({ crash: true }));
     }`,
  );
  starter = spawn(process.execPath, [path.join(dir, "start.ts")], { stdio: ["ignore", "pipe", "inherit"] });
  if (starter.stdout) createInterface({ input: starter.stdout }).on("line", (line) => lines.push(line));
});

afterEach(async () => {
  for (const pid of Object.values(pids()).flat()) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  if (isAlive(starter.pid ?? 0)) starter.kill("SIGKILL");
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
});

const module = (file: string) => JSON.stringify(path.resolve(import.meta.dirname, "..", file));

function pids(): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const line of lines.filter((text) => text.startsWith("{"))) {
    const { name, pid, browser } = JSON.parse(line);
    found[name] = [...(found[name] ?? []), pid];
    if (browser) found.browser = [browser];
  }
  return found;
}

async function started(): Promise<Record<string, number[]>> {
  await vi.waitUntil(() => pids().server && pids().browser);
  return pids();
}

const alive = () => Object.entries(pids()).flatMap(([name, numbers]) => (numbers.some(isAlive) ? [name] : []));

test("after SIGTERM nothing that was started is left, not even a deaf runner and its browser", async () => {
  await started();
  starter.kill("SIGTERM");
  expect(await once(starter, "exit")).toEqual([143, null]);
  await vi.waitUntil(() => alive().length === 0);
  expect(await readFile(path.join(dir, "ended"), "utf8")).toBe("server\n");
});

test("a second signal ends everything at once", async () => {
  await started();
  starter.kill("SIGINT");
  await vi.waitUntil(() => lines.some((line) => line.startsWith("Stopping")));
  const ended = once(starter, "exit");
  const again = setInterval(() => starter.kill("SIGINT"), 300);
  await ended;
  clearInterval(again);
  await vi.waitUntil(() => alive().length === 0);
  // it was killed, not waited for
  expect(lines.join("\n")).toContain("once more to stop at once");
});

test("after SIGKILL of the start itself nothing is left, PostgreSQL ended in order", async () => {
  await started();
  starter.kill("SIGKILL");
  await once(starter, "exit");
  await vi.waitUntil(() => alive().length === 0);
  await expect(readFile(path.join(dir, "postgres", "postmaster.pid"))).rejects.toThrow(/ENOENT/);
});

test("a server that dies is started again, and that is said", async () => {
  await started();
  starter.kill("SIGUSR2");
  await vi.waitUntil(() => pids().server?.length === 2);
  expect(lines.join("\n")).toMatch(/The server ended \(code 1\)\. Starting it again in 1 s/);
});
