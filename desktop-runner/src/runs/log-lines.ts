import type { LiveView } from "./live-view.ts";
import type { LogEntry, RunLogs } from "./run-log.ts";

/** Lines of this long are written to the disk together, milliseconds. */
const gatherMs = 50;

/** Writes runs' lines to their logs, and shows them to who watches. */
export class LogLines {
  readonly #logs: RunLogs;
  readonly #live: LiveView;
  #due: NodeJS.Timeout | undefined;

  constructor(logs: RunLogs, live: LiveView) {
    this.#logs = logs;
    this.#live = live;
  }

  add(runId: string, entry: LogEntry): void {
    const line = this.#logs.add(runId, entry);
    if (line) this.#live.line(runId, line);
    this.#due ??= setTimeout(() => this.flush(), gatherMs);
  }

  flush(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    this.#logs.flush();
  }
}
