import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import path from "node:path";
import type { Watchdog } from "../process/watchdog.ts";
import type { Log } from "./logs.ts";
import { say } from "./say.ts";

const root = path.resolve(import.meta.dirname, "../..");
const longEnough = 60_000;

export type ChildOptions = {
  /** "server" or "runner", as a person reads it. */
  name: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  log: Log;
  watchdog: Watchdog;
  /** Its place when the watchdog stops things. */
  order: number;
  /** Exit codes after which trying again would not help. */
  finalCodes?: number[];
  /** How long it may take to end after SIGTERM, in milliseconds; 10 s. */
  graceMs?: number;
};

type Events = { message: [{ type: string } & Record<string, unknown>]; exit: [string]; final: [number] };

export type Child = EventEmitter<Events> & {
  send(message: object): void;
  /** From now on it is started again when it ends. Until then its end is the caller's to handle (`exit`). */
  keepAlive(): void;
  /** SIGTERM, and SIGKILL when the grace is over; or SIGKILL at once. Resolves when it is gone. */
  stop(now?: boolean): Promise<void>;
};

/**
 * A Node process of ours with an IPC channel, in a process group of its own so that Ctrl-C reaches only the start script.
 * Its restarts wait 1 s, doubling to 30 s until one has lasted a minute.
 */
export function startChild({ name, args, env, log, watchdog, order, finalCodes = [], graceMs = 10_000 }: ChildOptions): Child {
  const events = new EventEmitter<Events>();
  let child: ChildProcess;
  let kept = false;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let pause = 1000;

  function launch(): void {
    const startedAt = Date.now();
    child = spawn(process.execPath, args, {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      detached: process.platform !== "win32",
    });
    const { pid } = child;
    if (pid) watchdog.guard(pid, "SIGTERM", order);
    if (child.stdout) log.take(child.stdout, "output");
    if (child.stderr) log.take(child.stderr, "error");
    child.on("message", (message: { type: string }) => events.emit("message", message));
    child.on("error", (error) => say(`The ${name} could not be started: ${error.message}`));
    child.once("exit", (code, signal) => {
      if (pid) watchdog.forget(pid);
      const why = `The ${name} ended (${signal ?? `code ${code}`})`;
      if (Date.now() - startedAt > longEnough) pause = 1000;
      if (!stopping && kept) onUnexpectedExit(why, code ?? -1);
      events.emit("exit", why);
    });
  }

  function onUnexpectedExit(why: string, code: number): void {
    if (finalCodes.includes(code)) {
      events.emit("final", code);
      return;
    }
    say(`${why}. Starting it again in ${pause / 1000} s; its log is ${log.file}`);
    timer = setTimeout(launch, pause);
    pause = Math.min(pause * 2, 30_000);
  }

  launch();
  return Object.assign(events, {
    send(message: object) {
      if (child.connected) child.send(message, () => {});
    },
    keepAlive() {
      kept = true;
    },
    async stop(now = false) {
      stopping = true;
      clearTimeout(timer);
      if (child.exitCode !== null || child.signalCode !== null || !child.pid) return;
      const gone = once(child, "exit");
      child.kill(now ? "SIGKILL" : "SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await gone;
      clearTimeout(late);
    },
  });
}
