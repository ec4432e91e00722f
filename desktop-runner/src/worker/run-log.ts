import { CONSOLE_KEPT_BYTES } from "@deskhand/shared/schemas/console-line";
import type { ArtifactStore } from "../browser/artifacts.ts";
import type { LogLevel, WorkerRunEvent } from "./messages.ts";
import type { SecretMask } from "./secret-mask.ts";

export type RunLog = {
  /** A line for people: goes to the parent and to run.log. */
  write(step: number | null, level: LogLevel, message: string): void;
  /** A line that a page wrote to its console; stays in the artifacts. */
  console(step: number | null, level: string, text: string): void;
  /** Writes what is left and announces the files. */
  finish(): Promise<void>;
};

const flushMs = 500;
const maxLineLength = 2000;

/** The run's log as NDJSON: `{seq, at, step, level, message}` a line. Secrets are masked in all of it. */
export function openRunLog(store: ArtifactStore, mask: SecretMask, send: (event: WorkerRunEvent) => void, onFull: () => void): RunLog {
  const pending = { "run.log": "", "console.log": "" };
  const written = new Set<string>();
  let seq = 0;
  let consoleBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let flushing = Promise.resolve();
  /** The files are announced, with their hashes: a page that goes on writing must not change them. */
  let isOver = false;

  async function writePending(): Promise<void> {
    for (const file of ["run.log", "console.log"] as const) {
      const text = pending[file];
      if (!text) continue;
      pending[file] = "";
      try {
        await store.append(file, text);
        written.add(file);
      } catch {
        onFull();
      }
    }
  }
  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    flushing = flushing.then(writePending); // one after the other: lines stay in order
    return flushing;
  }
  function schedule(): void {
    timer ??= setTimeout(() => void flush(), flushMs);
    timer.unref();
  }
  return {
    write: (step, level, message) => {
      const line = { at: Date.now(), step, level, message: mask.apply(message).slice(0, maxLineLength) };
      send({ kind: "log", ...line });
      if (isOver) return;
      pending["run.log"] += `${JSON.stringify({ seq: ++seq, ...line })}\n`;
      schedule();
    },
    console: (step, level, text) => {
      if (isOver || consoleBytes > CONSOLE_KEPT_BYTES) return;
      const line = `${JSON.stringify({ at: Date.now(), step, level, text: mask.apply(text).slice(0, maxLineLength) })}\n`;
      consoleBytes += line.length;
      pending["console.log"] += line;
      schedule();
    },
    finish: async () => {
      isOver = true;
      await flush();
      for (const name of written) {
        await store.adopt({ type: "log", name, file: name, contentType: "application/x-ndjson", step: null }).catch(() => {});
      }
    },
  };
}
