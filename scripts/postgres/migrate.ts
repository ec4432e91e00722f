import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import pg from "pg";

/** The number that Prisma's own engine locks, so that `prisma migrate` and a start wait for each other. */
const prismaLock = 72_707_369;

/** A migration that cannot be applied as things are; its message says what to do. */
export class MigrationError extends Error {}

type Migration = { name: string; sql: string };
type Applied = { migration_name: string; checksum: string; finished_at: Date | null };

/**
 * Applies `folder/<name>/migration.sql` in the order of their names, those that the database does not have yet, with the
 * bookkeeping of Prisma's `_prisma_migrations`. Each is one transaction with its row: it is applied whole or not at all.
 * Waits for another process that migrates the same database.
 * @returns the names applied now
 * @throws MigrationError when an applied migration was changed or is unknown here, or when one fails
 */
export async function migrate(url: string, folder: string): Promise<string[]> {
  const known = await readMigrations(folder);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [prismaLock]);
    await client.query(bookkeepingTable);
    const { rows } = await client.query<Applied>(
      "select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null",
    );
    const pending = compare(known, rows);
    for (const migration of pending) await apply(client, migration);
    return pending.map(({ name }) => name);
  } finally {
    await client.end(); // ends the session, and with it the lock
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  names.sort();
  return Promise.all(names.map(async (name) => ({ name, sql: await readFile(path.join(folder, name, "migration.sql"), "utf8") })));
}

/** What is left to apply, after a check that what was applied is what is here. */
function compare(known: Migration[], applied: Applied[]): Migration[] {
  const byName = new Map(known.map((migration) => [migration.name, migration]));
  for (const row of applied) {
    const migration = byName.get(row.migration_name);
    if (!migration) {
      throw new MigrationError(
        `The database has the migration ${row.migration_name}, which this version of Deskhand does not know. Start the version that made it, or use another database.`,
      );
    }
    if (!row.finished_at) {
      throw new MigrationError(
        `The migration ${row.migration_name} was begun and not finished. Mend the database, then run: npx prisma migrate resolve --rolled-back ${row.migration_name}`,
      );
    }
    if (!checksums(migration.sql).includes(row.checksum)) {
      throw new MigrationError(
        `The migration ${row.migration_name} was changed after it had been applied to this database. Bring the file back as it was, and make a new migration for the change.`,
      );
    }
  }
  const done = new Set(applied.map((row) => row.migration_name));
  return known.filter(({ name }) => !done.has(name));
}

async function apply(client: pg.Client, { name, sql }: Migration): Promise<void> {
  try {
    await client.query("begin");
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), checksums(sql)[0], name],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw new MigrationError(`The migration ${name} failed, and nothing of it was kept: ${(error as Error).message}`, { cause: error });
  }
}

/** Of the text as it is, and as it was if git changed its line ends since. */
function checksums(sql: string): string[] {
  const unix = sql.replaceAll("\r\n", "\n");
  return [sql, unix, unix.replaceAll("\n", "\r\n")].map((text) => createHash("sha256").update(text).digest("hex"));
}

/** As Prisma's schema engine makes it. */
const bookkeepingTable = `
  create table if not exists _prisma_migrations (
    id                  varchar(36) primary key not null,
    checksum            varchar(64) not null,
    finished_at         timestamptz,
    migration_name      varchar(255) not null,
    logs                text,
    rolled_back_at      timestamptz,
    started_at          timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;
