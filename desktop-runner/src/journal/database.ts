import { closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const schema = `
create table if not exists commands (
  position integer primary key autoincrement,
  id text not null unique,
  lease_token text not null,
  kind text not null,
  payload text,
  run_id text unique,
  profile_id text not null,
  fair_key text not null default '',
  state text not null check (state in ('accepted', 'running', 'done')),
  start_by integer not null,
  cancel_requested integer not null default 0,
  outcome text,
  failure_code text,
  last_seq integer not null default 0,
  acked_seq integer not null default 0,
  open_step integer,
  delivered integer not null default 0,
  accepted_at integer not null,
  done_at integer
) strict;
create index if not exists commands_undelivered on commands (delivered, state);
create table if not exists run_events (
  run_id text not null,
  seq integer not null,
  event text not null,
  primary key (run_id, seq)
) strict, without rowid;
create table if not exists artifacts (
  id text primary key,
  run_id text not null,
  file text not null,
  content_type text not null,
  bytes integer not null
) strict, without rowid;
create index if not exists artifacts_run on artifacts (run_id);
create table if not exists kept_runs (
  run_id text primary key,
  bytes integer not null,
  finished_at integer not null
) strict, without rowid;
create table if not exists refusals (
  id text primary key,
  run_id text not null,
  kind text not null,
  rule text not null,
  subject text not null,
  count integer not null,
  fatal integer not null,
  first_at integer not null,
  last_at integer not null,
  revision integer not null,
  unique (run_id, kind, rule, subject)
) strict, without rowid;
create unique index if not exists refusals_revision on refusals (revision);
create table if not exists run_names (
  run_id text primary key,
  workflow text not null,
  profile text not null
) strict, without rowid;
create table if not exists refusals_stored (revision integer not null) strict;
create table if not exists manifest_uses (
  manifest_id text not null,
  profile_id text not null,
  command_id text not null,
  expires_at integer not null,
  primary key (manifest_id, profile_id)
) strict, without rowid;
create table if not exists asked_permissions (
  workflow_id text primary key,
  version integer not null,
  permissions text not null
) strict, without rowid;
create table if not exists task_results (
  command_id text primary key,
  result text not null
) strict, without rowid;
create table if not exists profiles (
  id text primary key,
  revision integer not null default 0,
  settings text,
  holder text,
  state_saved_at integer,
  state_bytes integer,
  flags text not null default '[]',
  session text,
  proxy_bytes text,
  mismatch_at integer,
  changed integer not null default 0
) strict, without rowid;
create index if not exists profiles_changed on profiles (changed);
create table if not exists deleted_profiles (
  id text primary key,
  purge_at integer not null
) strict, without rowid;
create table if not exists schedules (
  deployment_id text primary key,
  definition text not null,
  installed_at integer not null,
  decided_up_to integer not null,
  paused integer not null default 0
) strict, without rowid;
create table if not exists firings (
  position integer primary key autoincrement,
  id text not null unique,
  deployment_id text not null,
  due_at integer not null,
  at integer not null,
  state text not null,
  reason text,
  count integer not null,
  told integer not null default 0
) strict;
create index if not exists firings_told on firings (told);
create table if not exists scheduled_runs (
  run_id text primary key,
  firing_id text not null,
  deployment_id text not null,
  told integer not null default 0
) strict, without rowid;
create index if not exists scheduled_runs_firing on scheduled_runs (firing_id);
create index if not exists scheduled_runs_deployment on scheduled_runs (deployment_id);
create table if not exists trigger_uses (
  firing_id text not null,
  profile_id text not null,
  deployment_id text not null,
  command_id text not null,
  at integer not null,
  primary key (firing_id, profile_id)
) strict, without rowid;
create index if not exists trigger_uses_deployment on trigger_uses (deployment_id, at);
insert into refusals_stored (revision) select 0 where not exists (select 1 from refusals_stored);
`;

const schemaVersion = 10;

/**
 * Opens the journal's database, made when absent. Each commit is on the disk before it returns (WAL, synchronous FULL).
 * `maxBytes` bounds the file, for a quota; a write over it throws SQLITE_FULL and changes nothing.
 */
export function openJournalDatabase(file: string, options: { maxBytes?: number } = {}): DatabaseSync {
  // made here so that it is never readable by others, not even for a moment; SQLite gives its side files the same mode
  closeSync(openSync(file, "a", 0o600));
  const database = new DatabaseSync(file);
  try {
    // a small cache: this process is always on and its rows are few
    database.exec("pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -512");
    const version = Number(database.prepare("pragma user_version").get()?.user_version ?? 0);
    if (version > schemaVersion) throw new Error("The journal was written by a newer version of Deskhand.");
    if (version < schemaVersion) {
      database.exec(`begin immediate; ${schema}`);
      addColumn(database, "commands", "fair_key", "text not null default ''");
      addColumn(database, "profiles", "session", "text");
      addColumn(database, "profiles", "proxy_bytes", "text");
      addColumn(database, "profiles", "mismatch_at", "integer");
      database.exec(`pragma user_version = ${schemaVersion}; commit`);
    }
    if (options.maxBytes !== undefined) database.exec(`pragma max_page_count = ${Math.floor(options.maxBytes / 4096)}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** A table of an earlier version gets what has been added to it since. */
function addColumn(database: DatabaseSync, table: string, name: string, type: string): void {
  const known = database.prepare("select 1 from pragma_table_info(?) where name = ?").get(table, name);
  if (known === undefined) database.exec(`alter table ${table} add column ${name} ${type}`);
}

/** Runs `work` in one transaction: all of it is on the disk when this returns, or nothing when it throws. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("begin immediate");
  try {
    const result = work();
    database.exec("commit");
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec("rollback");
    throw error;
  }
}

/**
 * Runs `work` without waiting for the disk: it survives the end of the process, and reaches the disk no later than the next commit
 * that is waited for. For what a power failure may take, because it is found or asked for again. Not inside a transaction.
 */
export function withoutSync<T>(database: DatabaseSync, work: () => T): T {
  database.exec("pragma synchronous = normal");
  try {
    return work();
  } finally {
    database.exec("pragma synchronous = full");
  }
}
