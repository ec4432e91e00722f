import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { HoldAct } from "../holds/run-holds.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type {
  ExpectedRun,
  ParentMessage,
  RunOrder,
  SessionEvent,
  SessionOrder,
  WorkerHold,
  WorkerMessage,
  WorkerRunEvent,
} from "../worker/messages.ts";
import { removeScratchOf } from "../worker/scratch.ts";
import type { LiveFrame } from "./live-view.ts";
import type { Worker } from "./worker.ts";

export type WorkerHostOptions = {
  /** The worker's program; the one beside this program when absent. */
  file?: string | undefined;
  home: string;
  onProblem(what: string, error: unknown): void;
  /** How long the worker may take to leave when it is asked to, milliseconds. */
  stopGraceMs?: number;
};

/** A page that has stopped does not take what a person does, milliseconds. */
const inputMs = 10_000;

/**
 * The worker process: started by the first run, gone when it has been idle, and seen as crashed when it ends while it has runs.
 * Playwright lives only there, so that the process that is always on stays small.
 */
export class WorkerHost implements Worker, WorkerHold {
  onEvent: Worker["onEvent"] = () => {};
  onExit: Worker["onExit"] = () => {};
  /** Resolves when the worker may make the next frame of the run. */
  onFrame: (frame: LiveFrame) => Promise<void> = async () => {};
  onHoldNews: WorkerHold["onHoldNews"] = () => {};
  onRecorded: WorkerHold["onRecorded"] = () => {};
  onTrial: WorkerHold["onTrial"] = () => {};
  onSession: (sessionId: string, event: SessionEvent) => void = () => {};
  /** What the browsers take, and of how many contexts. */
  onLoad: (bytes: number, contexts: number) => void = () => {};
  /** The version of the browser that it drives, once it has said it. */
  browserVersion: string | undefined;

  readonly #options: WorkerHostOptions;
  /** What the worker has; `begun` once it has said anything about the run. */
  readonly #runs = new Map<string, { order: RunOrder; begun: boolean }>();
  /** What waits for a worker that is leaving. */
  readonly #preparing = new Set<string>();
  readonly #live = new Set<string>();
  readonly #sessions = new Set<string>();
  readonly #inputs = new Map<number, () => void>();
  #lastInput = 0;
  #policy: NetworkPolicy | undefined;
  #child: ChildProcess | undefined;
  /** Takes no more runs and is about to end. */
  #leaving: ChildProcess | undefined;
  #stopped = false;

  constructor(options: WorkerHostOptions) {
    this.#options = options;
  }

  async run(order: RunOrder): Promise<void> {
    this.#preparing.add(order.runId);
    // two workers at once would be two browsers, and two writers of one profile's state
    while (this.#leaving) await exited(this.#leaving);
    if (!this.#preparing.delete(order.runId)) return;
    this.#child ??= this.#start();
    this.#runs.set(order.runId, { order, begun: false });
    // it may have changed while the run waited for a worker
    this.#send(this.#policy ? { ...order, policy: this.#policy } : order);
    if (this.#live.has(order.runId)) this.#send({ type: "live", runId: order.runId, on: true });
  }

  /** Rejects when the process cannot be started. */
  async openSession(order: SessionOrder): Promise<void> {
    this.#sessions.add(order.sessionId);
    while (this.#leaving) await exited(this.#leaving);
    if (!this.#sessions.has(order.sessionId)) return;
    this.#child ??= this.#start();
    this.#send(this.#policy ? { ...order, policy: this.#policy } : order);
  }

  closeSession(sessionId: string): void {
    if (this.#sessions.has(sessionId)) this.#send({ type: "close-session", sessionId });
  }

  expect(runs: readonly ExpectedRun[]): void {
    if (this.#child) this.#send({ type: "expect", runs });
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

  hold(runId: string, on: boolean): void {
    if (this.#runs.has(runId)) this.#send({ type: "hold", runId, on });
  }

  holdInput(runId: string, acts: readonly HoldAct[]): Promise<void> {
    if (!this.#runs.has(runId)) return Promise.resolve();
    const number = ++this.#lastInput;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(late);
        this.#inputs.delete(number);
        resolve();
      };
      const late = setTimeout(done, inputMs);
      this.#inputs.set(number, done);
      this.#send({ type: "hold-input", runId, number, acts });
    });
  }

  setPolicy(policy: NetworkPolicy): void {
    this.#policy = policy;
    if (this.#child) this.#send({ type: "policy", policy });
  }

  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#preparing.clear();
    const child = this.#child ?? this.#leaving;
    if (!child) return;
    this.#send({ type: "shutdown" });
    this.#runs.clear();
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
      // what makes the idle runner small would make the worker, and the browsers it starts, slow. Node looks names up on the threads
      // that also write files: a name server that is slow must not hold those up
      env: {
        ...process.env,
        MALLOC_ARENA_MAX: undefined,
        MALLOC_TRIM_THRESHOLD_: undefined,
        MALLOC_TOP_PAD_: undefined,
        UV_THREADPOOL_SIZE: "12",
        DESKHAND_HOME: this.#options.home,
      },
    });
    child.on("message", (message) => this.#onMessage(child, message as WorkerMessage));
    child.on("error", (error) => {
      this.#options.onProblem("the worker could not be reached", error);
      // a program that cannot be started has no exit
      if (child.pid === undefined) this.#onGone(child);
    });
    child.once("exit", () => this.#onGone(child));
    return child;
  }

  #onGone(child: ChildProcess): void {
    // one that was killed could not do it itself
    if (child.pid !== undefined) removeScratchOf(child.pid).catch(() => {});
    const wasLeaving = this.#leaving === child;
    if (wasLeaving) this.#leaving = undefined;
    else if (this.#child !== child) return;
    else this.#child = undefined;
    if (this.#stopped) return;
    for (const sessionId of this.#sessions) this.onSession(sessionId, { kind: "closed", code: "WORKER_CRASHED" });
    this.#sessions.clear();
    // a run that crossed the worker's last words was never begun: the next worker gets it
    const crossed = wasLeaving && child.exitCode === 0 ? [...this.#runs.values()].filter(({ begun }) => !begun) : [];
    for (const { order } of crossed) this.#runs.delete(order.runId);
    if (this.#runs.size > 0) this.onExit();
    this.#runs.clear();
    for (const { order } of crossed) void this.run(order);
  }

  #onMessage(child: ChildProcess, message: WorkerMessage): void {
    switch (message.type) {
      case "ready":
        this.browserVersion = message.browser.version.slice(0, 80);
        break;
      case "event":
        this.#onRunEvent(message.runId, message.event);
        break;
      case "frame":
        void this.onFrame(message).then(() => {
          if (this.#runs.has(message.runId)) this.#send({ type: "live-ack", runId: message.runId });
        });
        break;
      case "hold-news":
        this.onHoldNews(message.runId, message.news);
        break;
      case "recorded":
        this.onRecorded(message.runId, message.facts);
        return;
      case "trial":
        this.onTrial(message.runId, message.facts);
        return;
      case "hold-done":
        this.#inputs.get(message.number)?.();
        break;
      case "session":
        if (message.event.kind === "closed") this.#sessions.delete(message.sessionId);
        this.onSession(message.sessionId, message.event);
        break;
      case "load":
        this.onLoad(message.bytes, message.contexts);
        break;
      case "fatal":
        this.#options.onProblem("the worker has to stop", new Error(message.code));
        for (const runId of [...this.#runs.keys()]) {
          this.#onRunEvent(runId, { kind: "log", at: Date.now(), step: null, level: "error", message: message.message });
          this.#onRunEvent(runId, { kind: "finished", status: "failed", code: message.code, message: message.message, data: {} });
        }
        this.#leave(child);
        break;
      case "idle":
        this.#leave(child);
        break;
    }
  }

  #onRunEvent(runId: string, event: WorkerRunEvent): void {
    const run = this.#runs.get(runId);
    if (!run) return;
    run.begun = true;
    if (event.kind === "finished") {
      this.#runs.delete(runId);
      this.#live.delete(runId);
    }
    this.onEvent(runId, event);
  }

  #leave(child: ChildProcess): void {
    if (this.#child !== child) return;
    this.#leaving = child;
    this.#child = undefined;
  }

  #send(message: ParentMessage): void {
    const child = this.#child ?? this.#leaving;
    // a worker that is gone is told by its exit
    if (child?.connected) child.send(message, () => {});
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
