import path from "node:path";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { RunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";
import { type BrowserPool, createBrowserPool } from "../browser/browser-pool.ts";
import { shapeOf } from "../browser/context-shape.ts";
import { findBrowser } from "../browser/find-browser.ts";
import type { ParentMessage, WorkerMessage } from "./messages.ts";
import { type ProfileSession, startProfileSession } from "./profile-session.ts";
import { type RunSession, startRunSession } from "./run-session.ts";
import { makeScratch } from "./scratch.ts";
import { memoryOfDescendants } from "./tree-memory.ts";

/**
 * The child that holds Playwright and the browser. It lives while its parent does and there is work: when the IPC channel
 * closes or nothing was done for DESKHAND_WORKER_IDLE_MS (5 minutes), it closes the browser and exits.
 */
const idleMs = Number(process.env.DESKHAND_WORKER_IDLE_MS) || 5 * 60_000;
const closingMs = 5000;
const loadEveryMs = 3000;

// Playwright keeps a stack for each of its calls, and the trace a copy of it: of no use in a bundle, and a tenth of its work
Error.stackTraceLimit = 1;
process.umask(0o077); // what Playwright writes (traces, downloads) is nobody else's business either

const sessions = new Map<string, RunSession>();
const profileSessions = new Map<string, ProfileSession>();
const scratch = makeScratch();
const folders = { tracesDir: path.join(scratch, "traces"), downloadsPath: path.join(scratch, "downloads") };

let pool: BrowserPool | undefined;
let leaving = false;
let idleTimer: NodeJS.Timeout | undefined;
let loadTimer: NodeJS.Timeout | undefined;

function send(message: WorkerMessage): void {
  // a parent that is gone is noticed by "disconnect"
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

async function leave(code: number): Promise<void> {
  if (leaving) return;
  leaving = true;
  setTimeout(() => process.exit(code), closingMs);
  for (const session of sessions.values()) session.cancel();
  for (const session of profileSessions.values()) session.close();
  await Promise.all([...sessions.values(), ...profileSessions.values()].map((session) => session.done));
  await pool?.close();
  process.exit(code);
}

function fatal(code: RunFailureCode): void {
  const message: WorkerMessage = { type: "fatal", code, message: describeRunFailure(code).title };
  if (process.send && process.connected) process.send(message, undefined, undefined, () => void leave(1));
  else void leave(1);
}

function restIfIdle(): void {
  clearTimeout(idleTimer);
  if (sessions.size > 0 || profileSessions.size > 0 || leaving) return;
  clearInterval(loadTimer);
  loadTimer = undefined;
  idleTimer = setTimeout(() => {
    send({ type: "idle" });
    void leave(0);
  }, idleMs);
}

function begin(): void {
  clearTimeout(idleTimer);
  loadTimer ??= setInterval(tellLoad, loadEveryMs);
}

/** For the admission of runs, which learns what one costs. */
function tellLoad(): void {
  const bytes = memoryOfDescendants();
  const contexts = pool?.count ?? 0;
  if (bytes !== undefined && contexts > 0) send({ type: "load", bytes, contexts });
}

function onMessage(message: ParentMessage): void {
  if (!pool || leaving) return;
  switch (message.type) {
    case "run": {
      const { runId } = message;
      // the parent repeats itself after a hiccup; a run is done once
      if (sessions.has(runId)) return;
      const session = startRunSession(
        message,
        { pool, ...folders },
        (event) => send({ type: "event", runId, event }),
        ({ data, width, height, at }) => send({ type: "frame", runId, data, width, height, at }),
        (news) => send({ type: "hold-news", runId, news }),
        (facts) => send({ type: "recorded", runId, facts }),
        (facts) => send({ type: "trial", runId, facts }),
      );
      sessions.set(runId, session);
      begin();
      void session.done.then(() => {
        sessions.delete(runId);
        restIfIdle();
      });
      return;
    }
    case "open-session": {
      const { sessionId } = message;
      if (profileSessions.has(sessionId)) return;
      const session = startProfileSession(message, { pool, ...folders }, (event) => send({ type: "session", sessionId, event }));
      profileSessions.set(sessionId, session);
      begin();
      void session.done.then(() => {
        profileSessions.delete(sessionId);
        restIfIdle();
      });
      return;
    }
    case "close-session":
      profileSessions.get(message.sessionId)?.close();
      return;
    case "expect":
      pool.expect(message.runs.map(({ settings, steps }) => shapeOf({ steps: steps as Recording["steps"] }, settings)));
      return;
    case "policy":
      for (const session of [...sessions.values(), ...profileSessions.values()]) session.setPolicy(message.policy);
      return;
    case "cancel":
      sessions.get(message.runId)?.cancel();
      return;
    case "live":
      sessions.get(message.runId)?.live.turn(message.on);
      return;
    case "hold":
      sessions.get(message.runId)?.hold.set(message.on);
      return;
    case "hold-input": {
      const { number } = message;
      const done = sessions.get(message.runId)?.hold.act(message.acts) ?? Promise.resolve();
      void done.catch(() => {}).then(() => send({ type: "hold-done", number }));
      return;
    }
    case "live-ack":
      sessions.get(message.runId)?.live.acknowledge();
      return;
    case "shutdown":
      void leave(0);
      return;
  }
}

async function start(): Promise<void> {
  if (!process.send) {
    console.error("This program is started by the Deskhand runner.");
    process.exit(2);
  }
  process.on("disconnect", () => void leave(0));
  const found = findBrowser();
  if (!found) return fatal("BROWSER_MISSING");
  pool = createBrowserPool({ executablePath: found.path, ...folders });
  process.on("message", onMessage);
  try {
    send({ type: "ready", browser: { path: found.path, version: await pool.version() } });
    restIfIdle();
  } catch {
    fatal("BROWSER_CRASHED");
  }
}

/**
 * Playwright's client throws out of its event loop when news of a request comes after its page is gone (seen with 1.65.1 on a
 * busy machine). Only that piece of news is lost, and it must not cost the other runs in this process.
 */
process.on("uncaughtException", (error) => {
  if (/was not bound in the connection|Cannot find (parent|object)/.test(error.message)) return;
  console.error(`The worker stopped: ${error.name} ${error.stack?.split("\n")[1]?.trim() ?? ""}`);
  process.exit(1);
});

void start();
