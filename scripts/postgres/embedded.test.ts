import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAlive } from "../process/alive.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded.ts";

let dir: string;
let running: EmbeddedPostgres[];

beforeEach(async () => {
  running = [];
  dir = await mkdtemp(path.join(tmpdir(), "deskhand-postgres-"));
  await chmod(dir, 0o755);
});
afterEach(async () => {
  for (const server of running) await server.stop();
  await rm(dir, { recursive: true, force: true });
});

async function start(folder = dir, port?: number): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dir: path.join(folder, "postgres"), port, sync: false });
  running.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("what was stored is there after a stop and a start, on the same port", async () => {
  const first = await start();
  await ask(await first.ensureDatabase("app"), "create table note as select 'kept' as text");
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  const second = await start();
  expect(second.port).toBe(first.port);
  expect(await ask(await second.ensureDatabase("app"), "select * from note")).toEqual([{ text: "kept" }]);
});

test("it listens on loopback only and sorts and cases text as C.UTF-8", async () => {
  const server = await start();
  expect(await ask(server.url("postgres"), "select current_setting('listen_addresses') as address, upper('ä') as upper")).toEqual([
    { address: "127.0.0.1", upper: "Ä" },
  ]);
});

test("a server whose starter was killed is used again, and can be stopped", async () => {
  const script = `
    import { startEmbeddedPostgres } from ${JSON.stringify(path.join(import.meta.dirname, "embedded.ts"))};
    const server = await startEmbeddedPostgres({ dir: ${JSON.stringify(path.join(dir, "postgres"))}, sync: false });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const [pid] = await once(starter.stdout, "data");
  starter.kill("SIGKILL");
  await once(starter, "exit");
  const server = await start();
  expect(server).toMatchObject({ pid: Number(pid), adopted: true });
  expect(await ask(server.url("postgres"), "select 1 as one")).toEqual([{ one: 1 }]);
  await server.stop();
  expect(isAlive(Number(pid))).toBe(false);
});

test("the end of a server that was found running is told too", async () => {
  const first = await start();
  const found = await start();
  expect(found.adopted).toBe(true);
  const told = new Promise((resolve) => found.onUnexpectedExit(resolve));
  process.kill(first.pid, "SIGQUIT");
  await expect(told).resolves.toMatch(/PostgreSQL ended/);
});

test("a pid file that names a process of somebody else does not stand in the way", async () => {
  const first = await start();
  const file = path.join(first.dir, "postmaster.pid");
  const content = await readFile(file, "utf8");
  await first.stop();
  await writeFile(file, content.replace(/^\d+/, String(process.pid)));
  expect((await start()).adopted).toBe(false);
});

test("a remembered port that is taken by now is replaced, one that must be had is not", async () => {
  const first = await start();
  await first.stop();
  const other = await mkdtemp(path.join(dir, "other-"));
  await chmod(other, 0o755);
  await writeFile(path.join(other, "postgres.port"), String(first.port));
  const squatter = await start(other);
  expect(squatter.port).toBe(first.port);
  await expect(start(dir, first.port)).rejects.toThrow(/could not bind|Address already in use/);
  expect((await start()).port).not.toBe(first.port);
});

test("an unexpected end is told, an asked one is not", async () => {
  const server = await start();
  const told = new Promise((resolve) => server.onUnexpectedExit(resolve));
  process.kill(server.pid, "SIGQUIT");
  await expect(told).resolves.toMatch(/PostgreSQL ended/);
});

test.runIf(process.getuid?.() === 0)(
  "below a folder that its user cannot enter, the database is kept elsewhere, and that is said",
  async () => {
    await chmod(dir, 0o700);
    const said: string[] = [];
    const server = await startEmbeddedPostgres({ dir: path.join(dir, "postgres"), sync: false, say: (line) => said.push(line) });
    running.push(server);
    try {
      expect(said.join("\n")).toContain(`the database is kept in ${server.dir}`);
      expect(server.dir.startsWith(dir)).toBe(false);
    } finally {
      await server.stop();
      await rm(path.dirname(server.dir), { recursive: true, force: true });
    }
  },
);
