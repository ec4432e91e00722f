import { spawn } from "node:child_process";
import path from "node:path";

export type Watchdog = {
  /** Stops this process, with this signal (SIGKILL when `graceMs` have passed), when we are killed; those of a lower order first. */
  guard(pid: number, signal: NodeJS.Signals, order?: number): void;
  forget(pid: number): void;
  /** Removes this folder when we are killed, after the processes. */
  removeFolder(folder: string): void;
  /** Kills, at last, everything that has this text in its environment (Linux). */
  markedBy(mark: string): void;
  /** We end in order: nothing is left for it to do. */
  release(): void;
};

/** A small process that cleans up after us when we are killed by a signal that cannot be caught. */
export function startWatchdog(graceMs = 10_000): Watchdog {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "watchdog.mjs")], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.stdin.on("error", () => {}); // somebody killed it: we go on without
  child.on("error", () => {});
  child.unref();
  const { stdin } = child;
  (stdin as unknown as { unref?: () => void }).unref?.();
  const send = (message: object) => stdin.write(`${JSON.stringify(message)}\n`);
  send({ graceMs });
  return {
    guard: (pid, signal, order = 0) => send({ pid, signal, order }),
    forget: (pid) => send({ forget: pid }),
    removeFolder: (folder) => send({ folder }),
    markedBy: (mark) => send({ mark }),
    release: () => {
      send({ release: true });
      stdin.end();
    },
  };
}
