import { spawn } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");
const limitMs = 40 * 60_000;
const endWithinMs = 30_000;

export type Counts = { passed: number; failed: number; skipped: number };

export type Outcome = { code: number; output: string; seconds: number };

/** Everything that runs now; `stopStages` ends it. */
const running = new Set<number>();

/** Runs a script of an npm package (a path below node_modules) on this Node, in a process group of its own, and keeps its output. */
export function runTool(script: string, args: string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const since = performance.now();
  const child = spawn(process.execPath, [path.join(root, "node_modules", script), ...args], {
    cwd: root,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: process.platform !== "win32",
  });
  const { pid } = child;
  if (pid) running.add(pid);
  let output = "";
  let forced: NodeJS.Timeout | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += data;
    });
  }
  const late = setTimeout(() => {
    output += `\nIt did not end within ${limitMs / 60_000} minutes and was killed.\n`;
    if (!pid) return;
    // the products that it started end with it when it is asked to
    killGroup(pid, "SIGTERM");
    forced = setTimeout(() => killGroup(pid, "SIGKILL"), endWithinMs);
  }, limitMs);
  return new Promise((resolve) => {
    const done = (code: number) => {
      clearTimeout(late);
      clearTimeout(forced);
      if (pid) running.delete(pid);
      resolve({ code, output, seconds: (performance.now() - since) / 1000 });
    };
    child.once("error", (error) => {
      output += error.message;
      done(1);
    });
    child.once("close", (code) => done(code ?? 1));
  });
}

/** Asks every running stage to end; the product that the journeys started ends with them. */
export async function stopStages(now: boolean): Promise<void> {
  for (const pid of running) killGroup(pid, now ? "SIGKILL" : "SIGTERM");
  for (const end = Date.now() + 15_000; running.size > 0 && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 50));
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch {
    // it is gone
  }
}
