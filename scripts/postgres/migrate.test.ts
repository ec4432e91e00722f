import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../src/server/testing/database.ts";
import { MigrationError, migrate } from "./migrate.ts";

let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await createTestDatabase({ empty: true });
  folder = await mkdtemp(path.join(tmpdir(), "deskhand-migrations-"));
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

async function write(name: string, sql: string): Promise<void> {
  await mkdir(path.join(folder, name), { recursive: true });
  await writeFile(path.join(folder, name, "migration.sql"), sql);
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test("migrations are applied once, in the order of their names", async () => {
  await write("2_fill", "insert into note values (1);");
  await write("1_make", "create table note (id int primary key);");
  expect(await migrate(database.url, folder)).toEqual(["1_make", "2_fill"]);
  expect(await migrate(database.url, folder)).toEqual([]);
  await write("3_more", "insert into note values (2);");
  expect(await migrate(database.url, folder)).toEqual(["3_more"]);
  expect(await rows("select count(*)::int as count from note")).toEqual([{ count: 2 }]);
});

test("the bookkeeping is Prisma's", async () => {
  await write("1_make", "select 1;\n");
  await migrate(database.url, folder);
  expect(
    await rows(
      "select checksum, migration_name, finished_at is not null as done, applied_steps_count, logs, rolled_back_at from _prisma_migrations",
    ),
  ).toEqual([
    {
      // sha256 of the file, as `prisma migrate` computes it
      checksum: "4a45092ccf992ea92250053a80b931b787924ba61648f420555511b84f10ab6c",
      migration_name: "1_make",
      done: true,
      applied_steps_count: 1,
      logs: null,
      rolled_back_at: null,
    },
  ]);
});

test("a migration that fails leaves nothing behind, and is tried again when it is mended", async () => {
  await write("1_make", "create table note (id int); select * from missing;");
  await expect(migrate(database.url, folder)).rejects.toThrow(/1_make failed.*"missing" does not exist/);
  expect(await rows("select to_regclass('note') as note, (select count(*)::int from _prisma_migrations) as count")).toEqual([
    { note: null, count: 0 },
  ]);
  await write("1_make", "create table note (id int);");
  expect(await migrate(database.url, folder)).toEqual(["1_make"]);
});

test("an applied migration that was changed is refused by name", async () => {
  await write("1_make", "create table note (id int);");
  await migrate(database.url, folder);
  await write("1_make", "create table note (id bigint);");
  await expect(migrate(database.url, folder)).rejects.toThrow(MigrationError);
  await expect(migrate(database.url, folder)).rejects.toThrow(/1_make was changed/);
});

test("line ends changed by git are no change", async () => {
  await write("1_make", "create table note (\n  id int\n);\n");
  await migrate(database.url, folder);
  await write("1_make", "create table note (\r\n  id int\r\n);\r\n");
  expect(await migrate(database.url, folder)).toEqual([]);
});

test("a database that is ahead of this version is refused", async () => {
  await write("1_make", "select 1;");
  await migrate(database.url, folder);
  await rm(path.join(folder, "1_make"), { recursive: true });
  await expect(migrate(database.url, folder)).rejects.toThrow(/1_make, which this version of Deskhand does not know/);
});

test("two starts at once apply each migration once", async () => {
  await write("1_make", "create table note (id int primary key); select pg_sleep(0.1);");
  await write("2_fill", "insert into note values (1);");
  const applied = await Promise.all([1, 2, 3].map(() => migrate(database.url, folder)));
  expect(applied.flat().sort()).toEqual(["1_make", "2_fill"]);
});
