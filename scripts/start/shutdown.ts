import { readdirSync, readFileSync } from "node:fs";
import type { Watchdog } from "../process/watchdog.ts";
import { say } from "./say.ts";

// npm and the terminal both pass on one Ctrl-C: what comes within this time is the same one
const sameSignal = 800;

export type Shutdown = {
  /** Registers a part to stop; the last one registered is the first one stopped. */
  add(stop: (now: boolean) => Promise<void>): void;
  /** Stops everything and ends this process. */
  end(exitCode: number): Promise<never>;
  /** true from the moment when the end began. */
  readonly ending: boolean;
};

/**
 * Ends in order on SIGINT, SIGTERM, SIGHUP, and when the process that started us is gone; on a second signal, at once.
 * `mark` is in the environment of all that was started: what is left of it after that, browsers included, is killed.
 */
export function prepareShutdown(watchdog: Watchdog, mark: string): Shutdown {
  const parts: ((now: boolean) => Promise<void>)[] = [];
  let askedAt = 0;
  let ended: Promise<never> | undefined;

  async function stopAll(exitCode: number): Promise<never> {
    for (const stop of parts.toReversed()) await stop(false).catch((error: Error) => say(error.message));
    killMarked(mark);
    watchdog.release();
    process.exit(exitCode);
  }

  const shutdown: Shutdown = {
    get ending() {
      return ended !== undefined;
    },
    add(stop) {
      parts.push(stop);
    },
    end(exitCode) {
      ended ??= stopAll(exitCode);
      return ended;
    },
  };

  function onSignal(exitCode: number): void {
    if (!askedAt) {
      askedAt = Date.now();
      say("Stopping … (once more to stop at once)");
      void shutdown.end(exitCode);
    } else if (Date.now() - askedAt > sameSignal) {
      void Promise.allSettled(parts.toReversed().map((stop) => stop(true))).then(() => {
        killMarked(mark);
        watchdog.release();
        process.exit(exitCode);
      });
    }
  }
  process.on("SIGINT", () => onSignal(130));
  process.on("SIGTERM", () => onSignal(143));
  process.on("SIGHUP", () => onSignal(129));
  if (process.connected) {
    process.once("disconnect", () => onSignal(143));
    process.channel?.unref();
  }
  return shutdown;
}

/** Kills what carries the mark in its environment, whoever its parent is by now. Linux only; elsewhere children end by themselves. */
function killMarked(mark: string): void {
  if (process.platform !== "linux") return;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // it is gone, or not ours
    }
  }
}
