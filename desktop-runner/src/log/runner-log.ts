import { appendFileSync, closeSync, openSync, readFileSync, readSync, renameSync, statSync } from "node:fs";
import type { RunnerHome } from "../identity/home.ts";

export type RunnerLogLevel = "info" | "warn" | "error";
export type RunnerLogLine = { seq: number; at: string; level: RunnerLogLevel; message: string };

/** A file of this many bytes makes room for the next; the one before it is kept, so that the log takes twice as much. */
const maxFileBytes = 512 * 1024;
const maxMessage = 1_000;
/** Enough of a file's end to hold its last line, bytes. */
const tailBytes = 8 * 1024;

/**
 * What the runner said of itself: connections, runs that began and ended, problems. JSON lines on the disk, mode 600, so that they can be
 * read after it ended; nothing of them is held in memory. Never a value, a page's content or a key.
 */
export class RunnerLog {
  readonly #home: RunnerHome;
  readonly #onLine: () => void;
  readonly #clock: () => number;
  #seq: number;

  constructor(home: RunnerHome, onLine: () => void = () => {}, clock: () => number = Date.now) {
    this.#home = home;
    this.#onLine = onLine;
    this.#clock = clock;
    this.#seq = lastSeq(home.logFile) ?? lastSeq(home.previousLogFile) ?? 0;
  }

  /** Never throws: a line that cannot be written (disk full) is lost. */
  add(level: RunnerLogLevel, message: string): void {
    const line: RunnerLogLine = {
      seq: ++this.#seq,
      at: new Date(this.#clock()).toISOString(),
      level,
      message: message.slice(0, maxMessage),
    };
    try {
      if (sizeOf(this.#home.logFile) > maxFileBytes) renameSync(this.#home.logFile, this.#home.previousLogFile);
      appendFileSync(this.#home.logFile, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    } catch {
      // see above
    }
    this.#onLine();
  }

  /** The newest lines after `after`, oldest first, at most `limit`. */
  read(after: number, limit: number): RunnerLogLine[] {
    if (after >= this.#seq) return [];
    const lines = linesOf(this.#home.logFile);
    if ((lines[0]?.seq ?? 0) > after + 1 && lines.length < limit) lines.unshift(...linesOf(this.#home.previousLogFile));
    return lines.filter(({ seq }) => seq > after).slice(-limit);
  }
}

function linesOf(file: string): RunnerLogLine[] {
  try {
    return parseLines(readFileSync(file, "utf8"));
  } catch {
    return [];
  }
}

/** A line that a kill cut off in the middle is passed over. */
function parseLines(text: string): RunnerLogLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      const { seq, at, level, message } = JSON.parse(line);
      const isLine = Number.isSafeInteger(seq) && [at, message].every((word) => typeof word === "string");
      return isLine && ["info", "warn", "error"].includes(level) ? [{ seq, at, level, message }] : [];
    } catch {
      return [];
    }
  });
}

function lastSeq(file: string): number | undefined {
  try {
    const size = sizeOf(file);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    const handle = openSync(file, "r");
    try {
      readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    } finally {
      closeSync(handle);
    }
    return parseLines(bytes.toString("utf8")).at(-1)?.seq;
  } catch {
    return undefined;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
