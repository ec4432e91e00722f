import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "../../scripts/postgres/embedded.ts";
import { migrate } from "../../scripts/postgres/migrate.ts";
import { startWatchdog } from "../../scripts/process/watchdog.ts";

/** A PostgreSQL that writes to the disk as the product's does. */
export async function startDatabase(): Promise<{ url: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), "deskhand-bench-"));
  await chmod(folder, 0o755); // PostgreSQL's own user must pass when this runs as root
  const watchdog = startWatchdog();
  watchdog.removeFolder(folder);
  const server = await startEmbeddedPostgres({ dir: path.join(folder, "postgres") });
  watchdog.guard(server.pid, "SIGQUIT");
  const url = await server.ensureDatabase("deskhand");
  await migrate(url, path.resolve(import.meta.dirname, "../../prisma/migrations"));
  return {
    url,
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
      watchdog.release();
    },
  };
}
