import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../../scripts/postgres/embedded.ts";
import { migrate } from "../../../scripts/postgres/migrate.ts";
import { startWatchdog } from "../../../scripts/process/watchdog.ts";

export type FaultyDatabase = {
  url: string;
  /** Ends and starts it again. `crash`: as a power cut of the server process (SIGQUIT), which it recovers from out of its log. */
  restart(crash: boolean): Promise<void>;
  remove(): Promise<void>;
};

/** A PostgreSQL that writes as the product's does, because it is to crash: what it has committed must be there again. */
export async function startFaultyDatabase(): Promise<FaultyDatabase> {
  const folder = await mkdtemp(path.join(tmpdir(), "deskhand-faults-"));
  await chmod(folder, 0o755); // PostgreSQL's own user must pass when the tests run as root
  const watchdog = startWatchdog();
  watchdog.removeFolder(folder);
  let server: EmbeddedPostgres;
  const start = async (port?: number) => {
    server = await startEmbeddedPostgres({ dir: path.join(folder, "postgres"), sync: true, port });
    watchdog.guard(server.pid, "SIGQUIT");
    return server;
  };
  server = await start();
  const url = await server.ensureDatabase("deskhand");
  await migrate(url, path.resolve(import.meta.dirname, "../../../prisma/migrations"));
  return {
    url,
    async restart(crash) {
      const { pid, port } = server;
      if (crash) process.kill(pid, "SIGQUIT");
      await server.stop();
      watchdog.forget(pid);
      await start(port);
    },
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      watchdog.release();
    },
  };
}
