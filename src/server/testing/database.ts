import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../../../scripts/postgres/embedded.ts";
import { migrate } from "../../../scripts/postgres/migrate.ts";
import { startWatchdog } from "../../../scripts/process/watchdog.ts";

const template = "deskhand_template";
const migrations = path.resolve(import.meta.dirname, "../../../prisma/migrations");

/** Where the server that the test run shares listens; set by `startTestServer`, inherited by the workers. */
const serverVariable = "DESKHAND_TEST_POSTGRES";

export type TestDatabase = {
  /** Connection string of the database. */
  url: string;
  /** Removes it, also while somebody is connected. */
  drop(): Promise<void>;
};

/** A database of its own for a test file, cloned from a migrated template; without any table when `empty`. */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const server = process.env[serverVariable];
  if (!server) throw new Error("There is no test PostgreSQL: run tests by vitest with this repository's vitest.config.ts.");
  const name = `test_${process.pid}_${randomBytes(6).toString("hex")}`;
  await execute(server, `create database ${name} template ${empty ? "template0" : template}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(server, `drop database if exists ${name} with (force)`) };
}

export type PrivatePostgres = {
  /** Connection string of a migrated database; the same after a restart. */
  url: string;
  /** Ends the server at once, as a crash does: connections break, new ones are refused. */
  stop(): Promise<void>;
  /** Starts it again on the same port with what it held. */
  start(): Promise<void>;
  /** Ends it for good and removes its folder. */
  remove(): Promise<void>;
};

/** A PostgreSQL for one test alone, which may stop and start it ("the database is gone"). */
export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const dir = await temporaryFolder();
  const options = { dir: path.join(dir, "postgres"), sync: false };
  const watchdog = startWatchdog();
  watchdog.removeFolder(dir);
  let server: Awaited<ReturnType<typeof startEmbeddedPostgres>> | undefined;
  const start = async () => {
    server = await startEmbeddedPostgres(options);
    watchdog.guard(server.pid, "SIGQUIT");
  };
  const stop = async () => {
    if (!server) return;
    await server.stop();
    watchdog.forget(server.pid);
    server = undefined;
  };
  await start();
  const url = (await server?.ensureDatabase("deskhand")) ?? "";
  await migrate(url, migrations);
  const remove = async () => {
    await stop();
    await rm(dir, { recursive: true, force: true });
    watchdog.release();
  };
  return { url, start, stop, remove };
}

/**
 * The PostgreSQL of a whole test run, with its template. Called once, before workers start.
 * @returns what ends it
 */
export async function startTestServer(): Promise<() => Promise<void>> {
  const dir = await temporaryFolder();
  const watchdog = startWatchdog();
  watchdog.removeFolder(dir);
  const server = await startEmbeddedPostgres({ dir: path.join(dir, "postgres"), sync: false });
  watchdog.guard(server.pid, "SIGQUIT");
  const end = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
    watchdog.release();
  };
  try {
    await migrate(await server.ensureDatabase(template), migrations);
  } catch (error) {
    await end();
    throw error;
  }
  process.env[serverVariable] = server.url("postgres");
  return end;
}

async function temporaryFolder(): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "deskhand-test-"));
  await chmod(dir, 0o755); // PostgreSQL's own user must pass when the tests run as root
  return dir;
}

async function execute(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
