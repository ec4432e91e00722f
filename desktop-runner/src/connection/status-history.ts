import { type RunnerHome, writeJsonFile } from "../identity/home.ts";
import type { RunnerLog } from "../log/runner-log.ts";
import type { ConnectionStatus } from "./connection.ts";
import { statusLine } from "./status-words.ts";

/** What the connection is, and since when, milliseconds since the epoch. Its news go to the log; that it is tried again is none. */
export class StatusHistory {
  readonly #home: RunnerHome;
  readonly #log: RunnerLog;
  #current: { status: ConnectionStatus; since: number } = { status: { state: "connecting" }, since: Date.now() };

  constructor(home: RunnerHome, log: RunnerLog) {
    this.#home = home;
    this.#log = log;
  }

  get current(): { status: ConnectionStatus; since: number } {
    return this.#current;
  }

  take(status: ConnectionStatus): void {
    try {
      writeJsonFile(this.#home.stateFile, { pid: process.pid, connection: status.state, since: new Date().toISOString() });
    } catch {
      // only `deskhand status` reads it
    }
    const before = this.#current;
    if (status.state === "connecting" && before.status.state === "offline") return;
    const isNews = status.state !== before.status.state;
    this.#current = { status, since: isNews ? Date.now() : before.since };
    const line = statusLine(status);
    if (isNews && line) this.#log.add(status.state === "refused" ? "error" : "info", line);
  }
}
