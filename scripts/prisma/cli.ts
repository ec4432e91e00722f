// Runs Prisma's CLI with an empty PostgreSQL that lives as long as the command, for what needs one:
//   node scripts/prisma/cli.ts migrate dev --create-only --name what-changes
import { spawn } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startEmbeddedPostgres } from "../postgres/embedded.ts";

const root = path.resolve(import.meta.dirname, "../..");
const dir = await mkdtemp(path.join(tmpdir(), "deskhand-prisma-"));
await chmod(dir, 0o755);
const server = await startEmbeddedPostgres({ dir: path.join(dir, "postgres"), sync: false });
const cli = path.join(root, "node_modules/prisma/build/index.js");
const child = spawn(process.execPath, [cli, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, DATABASE_URL: await server.ensureDatabase("deskhand") },
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.once("exit", async (code) => {
  await server.stop();
  await rm(dir, { recursive: true, force: true });
  process.exit(code ?? 1);
});
