import { appendFileSync, createReadStream, mkdirSync } from "node:fs";
import path from "node:path";
import { readConsoleLine } from "@deskhand/shared/schemas/console-line";
import { type LogLine, logLine } from "@deskhand/shared/schemas/run";

export type LogEntry = Omit<LogLine, "seq" | "at"> & { at: number };

/** Lines and bytes that one run's log may have; what comes after is not kept. */
const maxLines = 20_000;
const maxBytes = 8 * 1024 * 1024;
const maxMessage = 4_000;
/** Lines of one answer; the protocol allows 1,000, and an answer must fit into one message. */
const maxAnswerLines = 1_000;
const maxAnswerBytes = 2 * 1024 * 1024;

/** The logs of runs as the dashboard reads them: one file of JSON lines a run, beside the run's artifacts (the worker keeps its own run.log). */
export class RunLogs {
  readonly #artifactsFolder: string;
  readonly #open = new Map<string, { seq: number; bytes: number; waiting: string[] }>();

  constructor(artifactsFolder: string) {
    this.#artifactsFolder = artifactsFolder;
  }

  file(runId: string): string {
    return path.join(this.#artifactsFolder, runId, "log.jsonl");
  }

  /** Numbers the line and keeps it for the next {@link flush}; undefined when the log is full. */
  add(runId: string, entry: LogEntry): LogLine | undefined {
    let log = this.#open.get(runId);
    if (!log) {
      log = { seq: 0, bytes: 0, waiting: [] };
      this.#open.set(runId, log);
    }
    if (log.seq >= maxLines || log.bytes >= maxBytes) return undefined;
    const isLast = log.seq === maxLines - 1;
    const message = isLast ? "The log is full; what follows is not kept." : entry.message.slice(0, maxMessage);
    const line: LogLine = { seq: ++log.seq, at: new Date(entry.at).toISOString(), step: entry.step, level: entry.level, message };
    const text = `${JSON.stringify(line)}\n`;
    log.bytes += Buffer.byteLength(text);
    log.waiting.push(text);
    return line;
  }

  /** Writes what waits. A line that cannot be written (disk full) is lost: logs never stop a run. */
  flush(): void {
    for (const [runId, log] of this.#open) {
      if (log.waiting.length === 0) continue;
      const text = log.waiting.splice(0).join("");
      try {
        mkdirSync(path.dirname(this.file(runId)), { recursive: true, mode: 0o700 });
        appendFileSync(this.file(runId), text, { mode: 0o600 });
      } catch {
        // see above
      }
    }
  }

  /** The run is over: nothing more is added to its log. */
  close(runId: string): void {
    this.flush();
    this.#open.delete(runId);
  }

  /** The lines after `after`; undefined when there is no log. */
  read(runId: string, after: number): Promise<ReadLines | undefined> {
    return readLines(this.file(runId), after, readLine);
  }

  /** What its pages wrote to their console after the line of this number, as its worker keeps it. */
  async readConsole(runId: string, after: number): Promise<ReadLines> {
    return (await readLines(this.consoleFile(runId), after, readConsoleLine)) ?? { lines: [], more: false };
  }

  consoleFile(runId: string): string {
    return path.join(this.#artifactsFolder, runId, "console.log");
  }
}

type ReadLines = { lines: LogLine[]; more: boolean };

async function readLines(
  file: string,
  after: number,
  read: (text: string, number: number) => LogLine | undefined,
): Promise<ReadLines | undefined> {
  const lines: LogLine[] = [];
  let bytes = 0;
  let number = 0;
  const stream = createReadStream(file, "utf8");
  // loaded when a log is read: the runner that waits has no use for it
  const { createInterface } = process.getBuiltinModule("node:readline");
  try {
    for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = read(text, ++number);
      if (!line || line.seq <= after) continue;
      bytes += text.length;
      if (lines.length >= maxAnswerLines || bytes > maxAnswerBytes) return { lines, more: true };
      lines.push(line);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  } finally {
    stream.destroy();
  }
  return { lines, more: false };
}

/** A line that a kill cut off in the middle is passed over. */
function readLine(text: string): LogLine | undefined {
  try {
    return logLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
