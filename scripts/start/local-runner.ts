import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Watchdog } from "../process/watchdog.ts";
import { type Child, startChild } from "./child.ts";
import type { Log } from "./logs.ts";
import { StartError, say } from "./say.ts";
import type { FirstRun, Server } from "./server.ts";
import type { StartSettings } from "./settings.ts";

const program = path.resolve(import.meta.dirname, "../../desktop-runner/dist/deskhand.mjs");
const refused = 3; // the exit code of "cannot reach or not allowed"

type RunnerFile = { runnerId?: string; serverUrl?: string; dashboardUrl?: string };
type Options = { settings: StartSettings; env: NodeJS.ProcessEnv; log: Log; watchdog: Watchdog; serverUrl: string };

/**
 * Pairs the runner of this machine with the server unless it is, and writes what a first start made.
 * @returns whether there is a paired runner to start
 */
export async function pairLocalRunner(server: Server, { settings, env, log, serverUrl }: Options): Promise<boolean> {
  const known = readRunnerFile(settings.DESKHAND_HOME);
  const { code, firstRun } = await server.askLocalRunner(known.runnerId ?? null);
  // before pairing: the password is shown once, and must survive whatever comes next
  if (firstRun) writeFirstRun(settings, firstRun, {});
  if (firstRun) tellFirstRun(settings, firstRun);
  if (settings.DESKHAND_LOCAL_RUNNER === "off") return false;
  if (code === null) {
    // its server is this one (it knows the runner), perhaps on another port than when they were paired
    const moved = known.serverUrl !== undefined && !isThisServer(known.serverUrl, serverUrl, settings.PUBLIC_URL);
    if (moved || known.dashboardUrl !== settings.PUBLIC_URL) {
      moveRunner(settings.DESKHAND_HOME, { ...(moved && { serverUrl }), dashboardUrl: settings.PUBLIC_URL });
    }
    // later starts leave the policy as its owner made it
    if (moved || !existsSync(path.join(settings.DESKHAND_HOME, "policy"))) {
      for (const host of ownHosts(serverUrl, settings.PUBLIC_URL)) await runDeskhand(["policy", "allow", host], env, log);
    }
    return true;
  }
  if (known.serverUrl && !isThisServer(known.serverUrl, serverUrl, settings.PUBLIC_URL)) {
    say(
      `The runner in ${settings.DESKHAND_HOME} belongs to ${known.serverUrl} and is left alone. Set DESKHAND_HOME to another folder to have a runner for this server too.`,
    );
    return false;
  }
  say("Pairing the runner of this machine …");
  const runnerId = await pair(code, { serverUrl, publicUrl: settings.PUBLIC_URL, env, log });
  const { profileId } = await server.tellPaired(runnerId);
  if (firstRun) writeFirstRun(settings, firstRun, { runnerId, profileId: profileId ?? undefined });
  return true;
}

/**
 * Starts the paired runner, keeps it alive, and waits up to 30 s until it says that it is connected.
 * `onStarted` is called before the wait.
 */
export async function startRunner({ settings, env, log, watchdog }: Options, onStarted: (child: Child) => void): Promise<void> {
  const child = startChild({
    name: "runner",
    // always on and mostly idle: V8 without its optimizing compilers, and with what it compiled before, takes 9 MB less;
    // one arena for glibc's malloc instead of one for each thread another 2
    args: ["--lite-mode", "--optimize-for-size", "--lazy-feedback-allocation", "--single-threaded-gc", program, "start", "--json"],
    env: {
      ...env,
      MALLOC_ARENA_MAX: "1",
      // what is freed goes back at once: half a megabyte
      MALLOC_TRIM_THRESHOLD_: "0",
      MALLOC_TOP_PAD_: "0",
      NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? path.join(settings.DESKHAND_DATA_DIR, "cache", "compiled"),
    },
    log,
    watchdog,
    order: 1,
    finalCodes: [refused],
  });
  onStarted(child);
  child.keepAlive();
  child.on("final", () => say(`The runner was refused and is not started again. Its last words:\n${log.tail()}`));
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      say(`The runner is not connected yet and keeps trying; its log is ${log.file}`);
      resolve();
    }, 30_000);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    child.on("final", done);
    child.on("message", (message) => {
      if (message.type === "connected") done();
    });
  });
}

function readRunnerFile(home: string): RunnerFile {
  const file = path.join(home, "runner.json");
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RunnerFile;
  } catch {
    return {}; // unreadable: pairing again writes it anew
  }
}

function moveRunner(home: string, addresses: { serverUrl?: string; dashboardUrl: string }): void {
  const file = path.join(home, "runner.json");
  writeFileSync(`${file}.new`, JSON.stringify({ ...readRunnerFile(home), ...addresses }, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Whether an address a runner was paired with leads here: localhost and 127.0.0.1 are one, the port decides. */
function isThisServer(paired: string, ...own: string[]): boolean {
  const plain = (url: string) => (URL.canParse(url) ? new URL(url).origin.replace(/\/\/(localhost|\[::1\])/, "//127.0.0.1") : url);
  return own.some((url) => plain(url) === plain(paired));
}

/** Where this server's own pages are, for the runner's policy: the sample workflow opens the practice site, and nothing else. */
function ownHosts(...urls: string[]): string[] {
  const hosts = urls.flatMap((url) => {
    const { protocol, hostname, port } = new URL(url);
    const isLocal = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
    const names = isLocal ? ["localhost", "127.0.0.1"] : [hostname];
    return names.map((name) => `${name}:${port || (protocol === "https:" ? 443 : 80)}`);
  });
  return [...new Set(hosts)];
}

type Pair = { serverUrl: string; publicUrl: string; env: NodeJS.ProcessEnv; log: Log };

async function pair(code: string, { serverUrl, publicUrl, env, log }: Pair): Promise<string> {
  // its server is on the same computer, of the same person: what an attacker of the one could do, they could do to the other without it
  const policy = ["--unsigned", "--allow", ...ownHosts(serverUrl, publicUrl)];
  const { exitCode, runnerId, approvalUrl } = await runDeskhand(
    ["pair", code, "--server", serverUrl, "--dashboard", publicUrl, "--force", ...policy],
    env,
    log,
  );
  if (exitCode === 0 && runnerId) {
    if (approvalUrl) tellApproval(approvalUrl);
    return runnerId;
  }
  throw new StartError(`The runner of this machine could not be paired (code ${exitCode}). Its log is ${log.file}\n${log.tail()}`);
}

type Ended = { exitCode: number | null; runnerId?: string; approvalUrl?: string };

/** Runs one command of the runner's command line to its end. */
function runDeskhand(args: string[], env: NodeJS.ProcessEnv, log: Log): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...args, "--json"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let result: Result = {};
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = parseLine(line);
    if (message?.type === "result") result = message;
  });
  log.take(child.stderr, "error");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ ...result, exitCode }));
  });
}

type Result = { type?: string; runnerId?: string; approvalUrl?: string };

function parseLine(line: string): Result | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function writeFirstRun(settings: StartSettings, firstRun: FirstRun, paired: { runnerId?: string; profileId?: string }): void {
  const { email, password, apiKey, projectId, workflowId } = firstRun;
  const content = { url: settings.PUBLIC_URL, email, password, apiKey, projectId, ...paired, workflowId };
  const file = path.join(settings.DESKHAND_DATA_DIR, "first-run.json");
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
}

function tellApproval(approvalUrl: string): void {
  say(`
  To have what you deploy signed by your browser, open this in it once, within a day:
    ${approvalUrl}
`);
}

function tellFirstRun(settings: StartSettings, { email, password, apiKey }: FirstRun): void {
  say(`
  A first account, project and sample workflow were made:
    sign in as  ${email}
    password    ${password}
    API key     ${apiKey}
  They are kept in ${path.join(settings.DESKHAND_DATA_DIR, "first-run.json")}
`);
}
