import { open } from "node:fs/promises";
import { readConsoleLine } from "@deskhand/shared/schemas/console-line";
import type { LogLine } from "@deskhand/shared/schemas/run";

/** How often the file of a run that somebody looks at is looked at, milliseconds. */
const lookMs = 300;
/** Bytes that are read of it at once; all of it is not much more. */
const readAtMost = 64 * 1024;

/** Where a file was read to; what stands behind the last end of a line waits for the rest of it. */
type Place = { file: string; offset: number; number: number; rest: Buffer };

/**
 * Follows what the pages of runs write to their console, for as long as somebody looks at them: its worker writes it, masked, to a file of the
 * run. What was there before is read by who begins to look.
 */
export class ConsoleTail {
  readonly #fileOf: (runId: string) => string;
  readonly #show: (runId: string, lines: LogLine[]) => void;
  readonly #places = new Map<string, Place>();
  #timer: NodeJS.Timeout | undefined;

  constructor(fileOf: (runId: string) => string, show: (runId: string, lines: LogLine[]) => void) {
    this.#fileOf = fileOf;
    this.#show = show;
  }

  set(runId: string, on: boolean): void {
    if (!on) this.#places.delete(runId);
    else if (!this.#places.has(runId)) this.#places.set(runId, { file: this.#fileOf(runId), offset: 0, number: 0, rest: Buffer.alloc(0) });
    if (this.#places.size > 0) this.#wait();
    else this.#stop();
  }

  #wait(): void {
    this.#timer ??= setTimeout(() => void this.#look(), lookMs);
    this.#timer.unref();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    for (const [runId, place] of [...this.#places]) {
      const lines = await readOn(place);
      if (lines.length > 0 && this.#places.get(runId) === place) this.#show(runId, lines);
    }
    this.#timer = undefined;
    if (this.#places.size > 0) this.#wait();
  }
}

/** Whole lines that have come since. None while there is no file, or when it cannot be read: the console is only looked at. */
async function readOn(place: Place): Promise<LogLine[]> {
  let read: Buffer;
  try {
    await using file = await open(place.file);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(readAtMost), 0, readAtMost, place.offset);
    read = buffer.subarray(0, bytesRead);
  } catch {
    return [];
  }
  place.offset += read.length;
  const text = Buffer.concat([place.rest, read]);
  const end = text.lastIndexOf("\n") + 1;
  place.rest = Buffer.from(text.subarray(end));
  const whole = text.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
  return whole.flatMap((line) => readConsoleLine(line, ++place.number) ?? []);
}
