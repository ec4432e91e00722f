import { createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { say } from "./say.ts";

const warning = 40; // pino's number of the level

export type Log = {
  file: string;
  /** Takes an output of a process; what is no log line is told only when it is `error` output. */
  take(stream: Readable, kind: "output" | "error"): void;
  /** The last lines, as they came. */
  tail(): string;
};

/**
 * The log of one child: everything goes to DESKHAND_DATA_DIR/logs/<name>.log (the one before is kept as .log.1), warnings and
 * errors that are no log line also to the terminal, and all of it when `loud`.
 */
export function openLog(dataDir: string, name: string, loud: boolean): Log {
  const folder = path.join(dataDir, "logs");
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.log`);
  if (existsSync(file)) renameSync(file, `${file}.1`);
  const output = createWriteStream(file, { mode: 0o600 });
  output.on("error", () => {}); // a full disk must not end the product
  let last: string[] = [];
  return {
    file,
    take(stream, kind) {
      createInterface({ input: stream }).on("line", (line) => {
        output.write(`${line}\n`);
        last = [...last, inWords(line)].slice(-30);
        const words = loud ? line : worthTelling(line, kind);
        if (words) say(`${name}: ${words}`);
      });
    },
    tail: () => last.join("\n"),
  };
}

/** What ended a program of ours that logs in JSON, for people. */
function inWords(line: string): string {
  if (!line.startsWith('{"type":"error"')) return line;
  try {
    const { message, whatToDo } = JSON.parse(line) as { message?: string; whatToDo?: string };
    return [message, whatToDo].filter(Boolean).join("\n");
  } catch {
    return line;
  }
}

function worthTelling(line: string, kind: "output" | "error"): string | undefined {
  if (!line.startsWith("{")) return (kind === "error" && line.trim()) || undefined;
  try {
    const { type, level, msg, err } = JSON.parse(line) as { type?: string; level?: number; msg?: string; err?: { message?: string } };
    if (type === "error") return inWords(line);
    if (level === undefined || level < warning) return undefined;
    return err?.message && err.message !== msg ? `${msg} (${err.message})` : msg;
  } catch {
    return line;
  }
}
