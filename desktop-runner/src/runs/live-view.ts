import { chunks } from "@deskhand/shared/chunks";
import { receipt } from "@deskhand/shared/protocol/commands";
import type { HoldNews } from "@deskhand/shared/protocol/hold";
import type { Recorded } from "@deskhand/shared/protocol/recorded";
import type { TrialNews } from "@deskhand/shared/protocol/trial";
import type { LogLine } from "@deskhand/shared/schemas/run";
import type { Link } from "../connection/link.ts";
import { ConsoleTail } from "./console-tail.ts";
import type { RunLogs } from "./run-log.ts";
import type { WorkerHost } from "./worker-host.ts";

export type LiveFrame = { runId: string; width: number; height: number; data: Uint8Array };

type Watched = { underWay: number; lines: LogLine[] };

/** Frames of one run that the server has not acknowledged. */
const maxUnderWay = 2;
const frameAnswerMs = 5_000;
const maxWatched = 1_000;
const gatherMs = 100;
const maxLines = 200;

export function openLive(worker: WorkerHost, logs: RunLogs): LiveView {
  const console = new ConsoleTail(
    (runId) => logs.consoleFile(runId),
    (runId, lines) => live.consoleLines(runId, lines),
  );
  const live = new LiveView((runId, on) => {
    worker.setLive(runId, on);
    console.set(runId, on);
  });
  worker.onFrame = (frame) => live.frame(frame);
  return live;
}

/**
 * What people who look at a run get to see while it happens. Everything here may be lost: frames are dropped when the server is
 * slow, and log lines are read again from the file.
 */
export class LiveView {
  readonly #setWorkerLive: (runId: string, on: boolean) => void;
  readonly #watched = new Map<string, Watched>();
  #link: Link | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(setWorkerLive: (runId: string, on: boolean) => void) {
    this.#setWorkerLive = setWorkerLive;
  }

  attach(link: Link): void {
    this.detach();
    this.#link = link;
  }

  /** Nobody can look without a connection; the server says again who looks when there is one. */
  detach(): void {
    this.#link = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const runId of this.#watched.keys()) this.#setWorkerLive(runId, false);
    this.#watched.clear();
  }

  isWatched(runId: string): boolean {
    return this.#watched.has(runId);
  }

  set(runId: string, on: boolean): void {
    if (on === this.#watched.has(runId)) return;
    // a run may be watched before it starts, even before it is known here
    if (on && this.#watched.size >= maxWatched) return;
    if (on) this.#watched.set(runId, { underWay: 0, lines: [] });
    else this.#watched.delete(runId);
    this.#setWorkerLive(runId, on);
  }

  forget(runId: string): void {
    this.#sendLines();
    if (this.#watched.delete(runId)) this.#setWorkerLive(runId, false);
  }

  /** Resolves when the next frame may be made: when the server has this one, or at once when it was dropped. */
  async frame({ runId, width, height, data }: LiveFrame): Promise<void> {
    const watched = this.#watched.get(runId);
    const link = this.#link;
    if (!watched || !link || watched.underWay >= maxUnderWay) return;
    watched.underWay++;
    try {
      await link.request("frame", { v: 1, runId, width, height, data }, receipt, frameAnswerMs);
    } catch {
      // volatile
    } finally {
      watched.underWay--;
    }
  }

  /** What somebody who has the page sees besides it. */
  news(news: HoldNews): void {
    this.#link?.sendVolatile("hold-news", news);
  }

  recorded(recorded: Recorded): void {
    this.#link?.sendVolatile("recorded", recorded);
  }

  trial(news: TrialNews): void {
    this.#link?.sendVolatile("trial", news);
  }

  line(runId: string, line: LogLine): void {
    const watched = this.#watched.get(runId);
    if (!watched) return;
    watched.lines.push(line);
    this.#timer ??= setTimeout(() => this.#sendLines(), gatherMs);
  }

  consoleLines(runId: string, lines: LogLine[]): void {
    for (const part of chunks(lines, maxLines)) this.#link?.sendVolatile("live-console", { v: 1, runId, lines: part });
  }

  #sendLines(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [runId, { lines }] of this.#watched) {
      // more than one message holds: a viewer that sees the gap reads the log
      const last = lines.splice(0).slice(-maxLines);
      if (last.length > 0) this.#link?.sendVolatile("live-log", { v: 1, runId, lines: last });
    }
  }
}
