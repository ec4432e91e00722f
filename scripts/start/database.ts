import path from "node:path";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../postgres/embedded.ts";
import { migrate } from "../postgres/migrate.ts";
import type { Watchdog } from "../process/watchdog.ts";
import { StartError, say } from "./say.ts";
import type { StartSettings } from "./settings.ts";

const migrations = path.resolve(import.meta.dirname, "../../prisma/migrations");

export type Database = { url: string; stop(): Promise<void> };

/** The database that is set, else an embedded one; migrated. */
export async function openDatabase(settings: StartSettings, watchdog: Watchdog): Promise<Database> {
  const database = settings.DATABASE_URL
    ? await reachDatabase(settings.DATABASE_URL)
    : await startOwn(path.join(settings.DESKHAND_DATA_DIR, "postgres"), watchdog);
  try {
    const applied = await migrate(database.url, migrations);
    if (applied.length > 0) say(`Database migrated (${applied.length === 1 ? applied[0] : `${applied.length} migrations`})`);
  } catch (error) {
    await database.stop();
    throw error;
  }
  return database;
}

async function reachDatabase(url: string): Promise<Database> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (error) {
    // never the whole address: it holds the password
    const { host, pathname } = new URL(url);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new StartError(`DATABASE_URL: cannot use the database ${pathname.slice(1)} at ${host}: ${message || code}`);
  } finally {
    await client.end().catch(() => {});
  }
  return { url, stop: async () => {} };
}

async function startOwn(dir: string, watchdog: Watchdog): Promise<Database> {
  let stopped = false;
  let server: EmbeddedPostgres | undefined;
  const start = async () => {
    // the server and its sessions know the first start's port
    const started = await startEmbeddedPostgres({ dir, say, port: server?.port });
    server = started;
    const { pid } = started;
    watchdog.guard(pid, "SIGINT", 3);
    started.onUnexpectedExit(async (why) => {
      watchdog.forget(pid);
      for (let pause = 1000; !stopped; pause = Math.min(pause * 2, 30_000)) {
        say(`${why}. Starting it again in ${pause / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, pause));
        if (stopped) return;
        try {
          await start();
          return;
        } catch (error) {
          say((error as Error).message);
        }
      }
    });
    if (stopped) await started.stop();
    return started;
  };
  const first = await start();
  const url = await first.ensureDatabase("deskhand");
  const stop = async () => {
    stopped = true;
    await server?.stop();
  };
  return { url, stop };
}
