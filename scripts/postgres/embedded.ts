import { type ChildProcess, spawn } from "node:child_process";
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { chmod, mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import pg from "pg";
import { isAlive } from "../process/alive.ts";
import { freePort, isPortFree } from "../process/port.ts";
import { type Binaries, findBinaries, type Identity, identity, postgresEnvironment } from "./binaries.ts";
import { reachablePlace } from "./place.ts";

const user = "deskhand";

export type EmbeddedOptions = {
  /** Folder of the cluster. It is made when missing. */
  dir: string;
  /** The port to have, for a restart under those who use it; the remembered one, or when that is taken another, when absent. */
  port?: number | undefined;
  /** false: no fsync, for databases that nobody misses after a power cut (tests). */
  sync?: boolean;
  /** Told what a person may want to know: a first start, another place. */
  say?: (line: string) => void;
};

export type EmbeddedPostgres = {
  port: number;
  /** The postmaster's process id. */
  pid: number;
  /** The folder the cluster really lives in; not `dir` when its parents are closed to PostgreSQL's user. */
  dir: string;
  /** true: a server was found running on this folder (its starter was killed) and is used again. */
  adopted: boolean;
  /** Connection string of a database of this server. */
  url(database: string): string;
  /** Makes a database when it is missing; returns its connection string. */
  ensureDatabase(name: string): Promise<string>;
  /** Called at most once, when the server ends without being asked to. */
  onUnexpectedExit(listener: (why: string) => void): void;
  /** Fast shutdown: open transactions are rolled back. Resolves when the process is gone. */
  stop(): Promise<void>;
};

/**
 * Starts PostgreSQL on a folder, on loopback only, without a password (the port is open to users of this machine only).
 * The port is chosen once and remembered beside the folder.
 * @throws when PostgreSQL does not answer within 60 s, with its last words.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const say = options.say ?? (() => {});
  const who = identity();
  const binaries = await findBinaries(who, say);
  const dir = await reachablePlace(path.resolve(options.dir), who, say);
  const running = findRunning(dir);
  if (running && (await answers(running.port, dir, 10_000))) {
    return handle({ ...running, dir, binaries, who, child: undefined });
  }
  if (!existsSync(path.join(dir, "PG_VERSION"))) {
    say("Making a new database …");
    await initialize(dir, binaries, who, options.sync ?? true);
  }
  const port = options.port ?? (await rememberedPort(`${dir}.port`));
  const child = launch(dir, port, binaries, who, options.sync ?? true);
  let words = "";
  child.stderr?.on("data", (data) => {
    words = (words + data).slice(-8000);
  });
  const ended = new Promise<false>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve(false));
  });
  if (!(await Promise.race([answers(port, dir, 60_000), ended]))) {
    child.kill("SIGQUIT");
    await ended; // its last words come first
    throw new Error(`The embedded PostgreSQL did not start in ${dir}:\n${words}`);
  }
  return handle({ pid: child.pid as number, port, dir, binaries, who, child });
}

type Running = { pid: number; port: number; dir: string; binaries: Binaries; who: Identity; child: ChildProcess | undefined };

function handle({ pid, port, dir, binaries, who, child }: Running): EmbeddedPostgres {
  const url = (database: string) => `postgresql://${user}@127.0.0.1:${port}/${database}`;
  let stopping = false;
  return {
    port,
    pid,
    dir,
    adopted: child === undefined,
    url,
    async ensureDatabase(name) {
      const client = new pg.Client({ connectionString: url("postgres") });
      await client.connect();
      try {
        const found = await client.query("select 1 from pg_database where datname = $1", [name]);
        if (!found.rowCount) await client.query(`create database ${client.escapeIdentifier(name)}`);
      } finally {
        await client.end();
      }
      return url(name);
    },
    onUnexpectedExit(listener) {
      child?.once("exit", (code, signal) => {
        if (!stopping) listener(`PostgreSQL ended (${signal ?? `code ${code}`})`);
      });
      if (child) return;
      // not our child: nobody tells us
      const look = setInterval(() => {
        if (isAlive(pid)) return;
        clearInterval(look);
        if (!stopping) listener("PostgreSQL ended");
      }, 1000);
      look.unref();
    },
    async stop() {
      stopping = true;
      if (process.platform === "win32") spawn(binaries.pgCtl, ["stop", "-D", dir, "-m", "fast"], { ...who, stdio: "ignore" });
      else if (isAlive(pid)) process.kill(pid, "SIGINT");
      for (const end = Date.now() + 20_000; isAlive(pid); await pause(20)) {
        if (Date.now() > end) process.kill(pid, "SIGQUIT");
      }
    },
  };
}

/** initdb works in a side folder that is renamed when it is whole: a first start that is killed leaves no half cluster. */
async function initialize(dir: string, binaries: Binaries, who: Identity, sync: boolean): Promise<void> {
  const side = `${dir}.init-${process.pid}`;
  rmSync(side, { recursive: true, force: true });
  await mkdir(side);
  await chmod(side, 0o700);
  if (who.uid !== undefined && who.gid !== undefined) chownSync(side, who.uid, who.gid);
  const locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const child = spawn(binaries.initdb, ["-D", side, "-U", user, "--auth=trust", ...locale, ...(sync ? [] : ["--no-sync"])], {
    ...who,
    cwd: "/",
    env: postgresEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const words = Promise.all([text(child.stdout), text(child.stderr)]);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) {
    await rm(side, { recursive: true, force: true });
    throw new Error(`initdb failed in ${dir}:\n${(await words).join("")}`);
  }
  renameSync(side, dir);
}

function launch(dir: string, port: number, binaries: Binaries, who: Identity, sync: boolean): ChildProcess {
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    log_min_messages: "warning",
    ...(sync ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return spawn(binaries.postgres, ["-D", dir, "-p", String(port), ...flags], {
    ...who,
    cwd: "/",
    env: postgresEnvironment(),
    stdio: ["ignore", "ignore", "pipe"],
    // a group of its own: Ctrl-C in a terminal must not end it before those who use it
    detached: process.platform !== "win32",
  });
}

/** The server that `postmaster.pid` names, when that process is one (a number may long belong to somebody else). */
function findRunning(dir: string): { pid: number; port: number } | undefined {
  const file = path.join(dir, "postmaster.pid");
  if (!existsSync(file)) return undefined;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  if (isAlive(pid) && isPostgres(pid, dir)) return { pid, port: Number(lines[3]) };
  rmSync(file, { force: true }); // PostgreSQL would refuse to start when the number is in use again
  return undefined;
}

function isPostgres(pid: number, dir: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(dir);
  } catch {
    return true; // no /proc here: the query for its data folder decides
  }
}

async function rememberedPort(file: string): Promise<number> {
  const known = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  if (known && (await isPortFree(known, "127.0.0.1"))) return known;
  const port = await freePort();
  writeFileSync(file, String(port));
  return port;
}

/** Waits until the server on `port` answers and is the one of `dir`. */
async function answers(port: number, dir: string, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await pause(25)) {
    const client = new pg.Client({ host: "127.0.0.1", port, user, database: "postgres", connectionTimeoutMillis: 2000 });
    client.on("error", () => {});
    try {
      await client.connect();
      const { rows } = await client.query<{ data_directory: string }>("show data_directory");
      // a stranger on our port: ours will end by itself and say why
      if (path.resolve(rows[0]?.data_directory ?? "") === path.resolve(dir)) return true;
    } catch {
      // not yet
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
