import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { defaultSettings, type ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type { ProxyCandidate } from "../proxies/proxy-desk.ts";
import type { ParentMessage, RunLimits, WorkerMessage, WorkerRunEvent } from "../worker/messages.ts";

type Finished = Extract<WorkerRunEvent, { kind: "finished" }>;

export type TestWorker = {
  child: ChildProcess;
  messages: WorkerMessage[];
  send(message: ParentMessage): void;
  /** Resolves with the first message (already come or still to come) that fits. */
  until<T extends WorkerMessage>(fits: (message: WorkerMessage) => message is T): Promise<T>;
  untilEvent<K extends WorkerRunEvent["kind"]>(runId: string, kind: K): Promise<Extract<WorkerRunEvent, { kind: K }>>;
  events(runId: string): WorkerRunEvent[];
  exited: Promise<number | null>;
  stop(): Promise<void>;
};

export type TestFolder = { path: string; remove(): Promise<void> };

export async function testFolder(): Promise<TestFolder> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "deskhand-test-"));
  return { path: folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Starts the real worker as the runner does: its source, or the file that was built of it, which starts sooner. */
export function startTestWorker(env: Record<string, string> = {}, file = path.join(import.meta.dirname, "../worker/main.ts")): TestWorker {
  const child = fork(file, [], {
    serialization: "advanced",
    execArgv: [],
    env: { ...process.env, ...env },
  });
  const messages: WorkerMessage[] = [];
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of listeners) listener();
  };
  child.on("message", (message: WorkerMessage) => {
    messages.push(message);
    wake();
  });
  let gone = false;
  const exited = new Promise<number | null>((resolve) => {
    child.on("exit", (code) => {
      gone = true;
      resolve(code);
      setImmediate(wake);
    });
  });
  const until = <T extends WorkerMessage>(fits: (message: WorkerMessage) => message is T) =>
    new Promise<T>((resolve, reject) => {
      const look = () => {
        const found = messages.find(fits);
        if (!found && !gone) return;
        listeners.delete(look);
        if (found) resolve(found);
        else reject(new Error("The worker left before it said that."));
      };
      listeners.add(look);
      look();
    });
  const events = (runId: string) =>
    messages
      .filter((message) => message.type === "event" && message.runId === runId)
      .map((message) => (message as { event: WorkerRunEvent }).event);
  return {
    child,
    messages,
    send: (message) => void child.send(message),
    until,
    untilEvent: async (runId, kind) => {
      const fits = (message: WorkerMessage): message is Extract<WorkerMessage, { type: "event" }> =>
        message.type === "event" && message.runId === runId && message.event.kind === kind;
      return (await until(fits)).event as never;
    },
    events,
    exited,
    stop: async () => {
      if (gone) return;
      child.send({ type: "shutdown" } satisfies ParentMessage);
      await exited;
    },
  };
}

export type RunRequest = {
  folder: string;
  steps: unknown[];
  profile?: string;
  inputs?: Record<string, string>;
  extra?: Record<string, unknown>;
  limits?: Partial<RunLimits>;
  policy?: NetworkPolicy;
  settings?: Partial<ProfileSettings>;
  workflows?: Record<string, Record<string, unknown>>;
  test?: string;
  totp?: string;
  record?: boolean;
  window?: boolean;
  trial?: boolean;
  proxies?: ProxyCandidate[];
};

/** A step that waits until what a promise of the page's brings is true; the promise itself would count as true at once. */
export function promised(promise: string): object {
  const expression = `((globalThis.asked ??= (${promise}).then((is) => { globalThis.answer = is; })), globalThis.answer === true)`;
  return { type: "waitForExpression", expression, timeout: 15_000 };
}

/** A step that waits until a person would read the text; what stands in a script of the page's does not count. */
export function shown(text: string): object {
  return { type: "waitForExpression", expression: `document.body.innerText.includes(${JSON.stringify(text)})`, timeout: 30_000 };
}

/** Lets a run reach this computer on every port, or these hosts only. */
export function allowing(...patterns: string[]): NetworkPolicy {
  const hosts = patterns.length > 0 ? patterns : ["127.0.0.1"];
  const rules = hosts.map((pattern) => ({ effect: "allow", pattern, by: "device" }) as const);
  return { rules, maxDownload: { bytes: 50_000_000, by: "device" }, damaged: false };
}

/** Orders a run; its artifacts are under `<folder>/artifacts/<runId>`. */
export function orderRun(worker: TestWorker, request: RunRequest): { runId: string; artifactsDir: string; finished: Promise<Finished> } {
  const runId = randomUUID();
  const profileId = request.profile ?? "profile-a";
  const artifactsDir = path.join(request.folder, "artifacts", runId);
  worker.send({
    type: "run",
    runId,
    profileId,
    settings: { ...defaultSettings, ...request.settings },
    profileDir: path.join(request.folder, "profiles", profileId),
    artifactsDir,
    recording: { title: "Test", timeout: 30_000, ...request.extra, steps: request.steps },
    inputs: request.inputs ?? {},
    ...(request.workflows && { workflows: request.workflows }),
    ...(request.test !== undefined && { test: request.test }),
    ...(request.totp !== undefined && { totp: request.totp }),
    ...(request.record && { record: true }),
    ...(request.window && { window: true }),
    ...(request.trial && { trial: true }),
    memoryDir: path.join(request.folder, "selectors"),
    startedAt: Date.now(),
    limits: { runTimeoutMs: 120_000, artifactsMaxBytes: 50_000_000, ...request.limits },
    policy: request.policy ?? allowing(),
    proxies: request.proxies ?? [],
  });
  return { runId, artifactsDir, finished: worker.untilEvent(runId, "finished") };
}

/** Numbers of the live processes that descend from `pid` (Linux). */
export function descendantsOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const [state, parent] = readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      if (state !== "Z") parents.set(Number(name), Number(parent));
    } catch {
      // it ended while we looked
    }
  }
  const found: number[] = [];
  const queue = [pid];
  for (let parent = queue.shift(); parent !== undefined; parent = queue.shift()) {
    for (const [child, itsParent] of parents) {
      if (itsParent === parent) {
        found.push(child);
        queue.push(child);
      }
    }
  }
  return found;
}

/** What the process was started with, its arguments one after the other; empty when it is gone (Linux). */
export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
