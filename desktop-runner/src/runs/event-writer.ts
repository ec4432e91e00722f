import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { isDiskFull } from "../journal/is-disk-full.ts";
import type { Journal } from "../journal/journal.ts";

type Entry = { runId: string; event: RunEvent };

/** Events of this long are written together: one write to the disk instead of many, milliseconds. A run's start and end wait less. */
const gatherMs = 25;
const promptMs = 4;
const retryMs = 1_000;

/**
 * Writes events to the journal in the order they came. When the disk is full they are kept and tried again: what happened is
 * neither lost nor told before it is written.
 */
export class EventWriter {
  readonly #journal: Journal;
  readonly #onWritten: () => void;
  readonly #onFull: (error: unknown) => void;
  readonly #makeRoom: () => boolean;
  #waiting: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;
  #prompt = false;
  #full = false;

  /** `makeRoom` frees some of a disk that is full; false when it cannot. */
  constructor(journal: Journal, callbacks: { onWritten(): void; onFull(error: unknown): void; makeRoom(): boolean }) {
    this.#journal = journal;
    this.#onWritten = callbacks.onWritten;
    this.#onFull = callbacks.onFull;
    this.#makeRoom = callbacks.makeRoom;
  }

  add(runId: string, event: RunEvent): void {
    this.#waiting.push({ runId, event });
    const prompt = event.kind === "started" || event.kind === "finished";
    // a disk that was full is asked again in its own time
    if (this.#full || (this.#timer && (this.#prompt || !prompt))) return;
    clearTimeout(this.#timer);
    this.#prompt = prompt;
    this.#timer = setTimeout(() => this.flush(), prompt ? promptMs : gatherMs);
  }

  /** Writes what waits now. False when it could not be written; it is tried again by itself. */
  flush(): boolean {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return true;
    try {
      this.#journal.append(this.#waiting);
    } catch (error) {
      // only for an end: while a run goes on, its worker would take the room for itself
      const isEnd = this.#waiting.some(({ event }) => event.kind === "finished");
      if (isEnd && isDiskFull(error) && this.#makeRoom()) return this.flush();
      this.#onFull(error);
      this.#full = true;
      this.#timer = setTimeout(() => this.flush(), retryMs);
      return false;
    }
    this.#full = false;
    this.#waiting = [];
    this.#onWritten();
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
