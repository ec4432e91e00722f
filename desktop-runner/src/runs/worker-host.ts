import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Proof } from "@deskhand/shared/protocol/handshake";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import type { IndexedArtifact } from "../journal/artifact-index.ts";
import type { LiveFrame } from "./live-view.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { LogEntry } from "./run-log.ts";
import type { Worker } from "./worker.ts";

type ToWorker =
  | ({ type: "run" } & PreparedRun)
  | { type: "cancel"; runId: string }
  | { type: "live"; runId: string; on: boolean }
  | { type: "live-ack"; runId: string }
  | { type: "shutdown" };

type FromWorker =
  | { type: "ready"; browser: Proof["browser"] }
  | { type: "event"; runId: string; event: RunEvent }
  | ({ type: "log"; runId: string } & LogEntry)
  | ({ type: "frame" } & LiveFrame)
  | { type: "fatal"; message: string }
  | { type: "idle" };

export type WorkerHostOptions = {
  /** The worker's program; the one beside this program when absent. */
  file?: string | undefined;
  home: string;
  onProblem(what: string, error: unknown): void;
  /** How long the worker may take to leave when it is asked to, milliseconds. */
  stopGraceMs?: number;
};

/**
 * The worker process: started by the first run, asked to leave when it says that it is idle, and seen as crashed when it ends while
 * it has runs. Playwright lives only there, so that the process that is always on stays small.
 */
export class WorkerHost implements Worker {
  onEvent: Worker["onEvent"] = () => {};
  onExit: Worker["onExit"] = () => {};
  onLog: (runId: string, entry: LogEntry) => void = () => {};
  onArtifact: (artifact: IndexedArtifact) => void = () => {};
  /** Resolves when the worker may make the next frame of the run. */
  onFrame: (frame: LiveFrame) => Promise<void> = async () => {};
  browser: Proof["browser"] = null;

  readonly #options: WorkerHostOptions;
  readonly #runs = new Set<string>();
  readonly #live = new Set<string>();
  /** Waiting for a worker that is leaving. */
  readonly #preparing = new Set<string>();
  #child: ChildProcess | undefined;
  /** Asked to leave: takes no more runs. */
  #leaving: ChildProcess | undefined;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
  }

  async run(run: PreparedRun): Promise<void> {
    this.#preparing.add(run.runId);
    // two workers at once would be two browsers, and two writers of one profile's state
    if (this.#leaving) await exited(this.#leaving);
    if (!this.#preparing.delete(run.runId)) return;
    this.#child ??= this.#start();
    this.#runs.add(run.runId);
    this.#send({ type: "run", ...run });
    if (this.#live.has(run.runId)) this.#send({ type: "live", runId: run.runId, on: true });
  }

  has(runId: string): boolean {
    return this.#runs.has(runId);
  }

  cancel(runId: string): boolean {
    this.#preparing.delete(runId);
    if (!this.#runs.has(runId)) return false;
    this.#send({ type: "cancel", runId });
    return true;
  }

  setLive(runId: string, on: boolean): void {
    if (on) this.#live.add(runId);
    else this.#live.delete(runId);
    if (this.#runs.has(runId)) this.#send({ type: "live", runId, on });
  }

  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    this.#preparing.clear();
    const child = this.#child ?? this.#leaving;
    if (!child) return;
    this.#leave(child);
    const late = setTimeout(() => child.kill("SIGKILL"), this.#options.stopGraceMs ?? 5_000);
    await exited(child);
    clearTimeout(late);
  }

  #start(): ChildProcess {
    const child = fork(this.#options.file ?? workerFile(), [], {
      serialization: "advanced",
      execArgv: [],
      // only errors are let through: this process' output may be JSON lines
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, DESKHAND_HOME: this.#options.home },
    });
    child.on("message", (message) => this.#onMessage(child, message as FromWorker));
    child.on("error", (error) => this.#options.onProblem("the worker could not be started", error));
    const gone = () => {
      if (this.#leaving === child) this.#leaving = undefined;
      if (this.#child !== child) return;
      this.#child = undefined;
      this.onExit();
      this.#runs.clear();
    };
    child.once("exit", gone);
    // a program that cannot be started has no exit
    child.once("error", () => {
      if (child.pid === undefined) gone();
    });
    return child;
  }

  #onMessage(child: ChildProcess, message: FromWorker): void {
    // what a killed worker still had to say is told; one that was asked to leave has no runs
    switch (message.type) {
      case "ready":
        this.browser = message.browser;
        break;
      case "event":
        if (message.event.kind === "finished") {
          this.#runs.delete(message.runId);
          this.#live.delete(message.runId);
        }
        this.onEvent(message.runId, message.event);
        break;
      case "log":
        this.onLog(message.runId, message);
        break;
      case "frame":
        void this.onFrame(message).then(() => {
          if (this.#runs.has(message.runId)) this.#send({ type: "live-ack", runId: message.runId });
        });
        break;
      case "fatal":
        this.#options.onProblem("the worker has to stop", new Error(message.message));
        break;
      case "idle":
        // a run may have been handed over while this was under way
        if (this.#runs.size === 0) this.#leave(child);
        break;
    }
  }

  #leave(child: ChildProcess): void {
    if (this.#leaving === child) return;
    this.#send({ type: "shutdown" });
    this.#leaving = child;
    this.#child = undefined;
    this.#runs.clear();
  }

  #send(message: ToWorker): void {
    // a worker that is gone is told by its exit
    if (this.#child?.connected) this.#child.send(message, () => {});
  }
}

/** From the bundle it is the file beside it; from source it is the worker's own entry. */
function workerFile(): string {
  const fromSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSource ? "../worker/main.ts" : "./worker.mjs", import.meta.url));
}

async function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) await once(child, "exit");
}
