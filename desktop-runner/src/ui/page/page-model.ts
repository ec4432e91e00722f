import type { RunnerLogLine } from "../../log/runner-log.ts";
import type { PageDisk, PageState } from "../view.ts";
import { change, enter, listen, Refused, readDisk, readLog, readState } from "./page-client.ts";

export type Phase =
  | { kind: "opening" }
  | { kind: "open" }
  /** This page may not ask any more. */
  | { kind: "locked"; message: string }
  /** The runner does not answer; what is shown is what it said last. */
  | { kind: "away"; message: string };

const retryMs = 2_000;
const diskEveryMs = 30_000;
const keptLines = 1_000;

/** What the page shows. A hint of the runner says only that something changed: then it is asked again. */
export class PageModel {
  phase: Phase = { kind: "opening" };
  state: PageState | undefined;
  disk: PageDisk | undefined;
  log: RunnerLogLine[] = [];
  onChange: () => void = () => {};
  #asking: Promise<void> | undefined;
  #again = false;

  async start(): Promise<void> {
    try {
      await enter();
    } catch (error) {
      // the tab may have a session of before
      if (!(await this.#look())) return this.#fail(error);
    }
    setInterval(() => void this.#lookAtDisk(), diskEveryMs);
    document.addEventListener("visibilitychange", () => void this.#lookAtDisk());
    for (;;) {
      await this.#follow();
      if (this.phase.kind === "locked") return;
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }

  /** Changes something and shows what came of it. @throws Refused with words for where it was asked */
  async change(path: string, body: object): Promise<void> {
    await this.#change(path, body);
  }

  /** As {@link change}. @returns the recovery key of a new backup, which only whoever shows it has from here on */
  async setUpBackup(body: object): Promise<string | undefined> {
    return (await this.#change("/api/backup/set-up", body)).recoveryKey;
  }

  async #change(path: string, body: object): Promise<{ recoveryKey?: string }> {
    try {
      const { recoveryKey, ...state } = await change(path, body);
      this.state = state;
      return recoveryKey === undefined ? {} : { recoveryKey };
    } catch (error) {
      if (error instanceof Refused && ["UNAUTHENTICATED", "AWAY"].includes(error.code)) this.#fail(error);
      throw error;
    } finally {
      this.onChange();
    }
  }

  async #follow(): Promise<void> {
    let lastWords: string | undefined;
    try {
      await listen(
        () => {
          void this.refresh();
          void this.#lookAtDisk();
        },
        (told) => {
          if (told.kind === "hint") void this.refresh();
          else if (told.kind === "ended") lastWords = told.message;
        },
      );
      if (lastWords !== undefined) this.#show({ kind: "away", message: lastWords });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Asks again; one question at a time, and once more when something changed meanwhile. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#asking ??= (async () => {
      while (this.#again) {
        this.#again = false;
        if (!(await this.#look())) break;
      }
      this.#asking = undefined;
    })();
    return this.#asking;
  }

  async #look(): Promise<boolean> {
    try {
      this.state = await readState();
      const last = this.log.at(-1)?.seq ?? 0;
      this.log = [...this.log, ...(await readLog(last))].slice(-keptLines);
      this.#show({ kind: "open" });
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  async #lookAtDisk(): Promise<void> {
    if (document.hidden || this.phase.kind === "locked") return;
    this.disk = await readDisk().catch(() => this.disk);
    this.onChange();
  }

  #fail(error: unknown): void {
    const { code, message } = error instanceof Refused ? error : new Refused("INTERNAL", "This page failed. Load it again.");
    const isLocked = code === "UNAUTHENTICATED" || code === "LINK_INVALID";
    // what the runner said when it went stays true until it is back
    if (!isLocked && this.phase.kind === "away") return;
    this.#show({ kind: isLocked ? "locked" : "away", message });
  }

  #show(phase: Phase): void {
    this.phase = phase;
    this.onChange();
  }
}
