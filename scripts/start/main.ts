// `npm start` on Node 24: database, browser, build, server, local runner; then one line that says where it is.
import { randomUUID } from "node:crypto";
import { EnvError } from "../../src/server/env.ts";
import { buildAll } from "../build/all.ts";
import { BuildError } from "../build/step.ts";
import { MigrationError } from "../postgres/migrate.ts";
import { isPortFree } from "../process/port.ts";
import { startWatchdog } from "../process/watchdog.ts";
import { findBrowser } from "./browser.ts";
import { openDatabase } from "./database.ts";
import { pairLocalRunner, startRunner } from "./local-runner.ts";
import { lockDataFolder } from "./lock.ts";
import { openLog } from "./logs.ts";
import { StartError, say } from "./say.ts";
import { startServer } from "./server.ts";
import { childEnvironment, readStartSettings, type StartSettings } from "./settings.ts";
import { prepareShutdown, type Shutdown } from "./shutdown.ts";

const dev = process.argv.includes("--dev");
const mark = randomUUID();
const watchdog = startWatchdog();
watchdog.markedBy(mark);
process.env.DESKHAND_START_ID = mark; // inherited by all that is started from here on
const shutdown = prepareShutdown(watchdog, mark);

try {
  await start(shutdown);
} catch (error) {
  if (!shutdown.ending) {
    const told = [StartError, EnvError, MigrationError, BuildError].some((kind) => error instanceof kind);
    process.stderr.write(`\n${(error as Error)[told ? "message" : "stack"]}\n`);
  }
  await shutdown.end(1);
}

async function start({ add }: Shutdown): Promise<void> {
  const settings = readStartSettings();
  const dataDir = settings.DESKHAND_DATA_DIR;
  const unlock = lockDataFolder(dataDir);
  add(async () => unlock());
  if (!(await isPortFree(settings.PORT, settings.HOST))) {
    throw new StartError(
      `Port ${settings.PORT} on ${settings.HOST} is taken by another program. Choose another one with PORT, for example: PORT=${settings.PORT + 1} npm start`,
    );
  }

  const opening = openDatabase(settings, watchdog);
  add(async () => (await opening).stop());
  const [database, browser] = await Promise.all([
    opening,
    findBrowser(settings.DESKHAND_BROWSER, dataDir),
    buildAll({ pages: !dev, report: say }),
  ]);

  const env = childEnvironment(settings, {
    DATABASE_URL: database.url,
    DESKHAND_BROWSER: browser,
    NODE_ENV: dev ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  const serverOptions = { env, log: openLog(dataDir, "server", dev), watchdog };
  const server = await startServer(serverOptions, (child) => add((now) => child.stop(now)));

  const runnerOptions = {
    settings,
    env: runnerEnvironment(env),
    log: openLog(dataDir, "runner", dev),
    watchdog,
    serverUrl: localUrl(settings),
  };
  if (await pairLocalRunner(server, runnerOptions)) {
    await startRunner(runnerOptions, (child) => add((now) => child.stop(now)));
  }
  if (!shutdown.ending) say(`Deskhand is ready at ${settings.PUBLIC_URL}`);
}

/** The runner needs none of the server's secrets. */
function runnerEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { DATABASE_URL, AUTH_SECRET, GITHUB_CLIENT_SECRET, GOOGLE_CLIENT_SECRET, ...rest } = env;
  return rest;
}

/** Where a program of this machine reaches the server, also when PUBLIC_URL leads through a proxy elsewhere. */
function localUrl({ HOST, PORT }: StartSettings): string {
  const host = HOST === "0.0.0.0" || HOST === "::" ? "127.0.0.1" : HOST;
  return `http://${host.includes(":") ? `[${host}]` : host}:${PORT}`;
}
