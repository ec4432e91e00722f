import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { RunnerHome } from "../../identity/home.ts";
import { inTransaction, openJournalDatabase } from "../../journal/database.ts";
import type { Tree } from "../repository/snapshot.ts";

type Settings = Tree["settings"];

/** What the runner's table says of its profiles; read beside the runner, which may be running. */
export function readSettings(home: RunnerHome): Map<string, NonNullable<Settings>> {
  const found = new Map<string, NonNullable<Settings>>();
  if (!existsSync(home.journalFile)) return found;
  const database = new DatabaseSync(home.journalFile, { readOnly: true });
  try {
    database.exec("pragma busy_timeout = 5000");
    if (!database.prepare("select 1 from sqlite_master where name = 'profiles'").get()) return found;
    for (const { id, revision, settings } of database
      .prepare("select id, revision, settings from profiles where settings is not null")
      .all()) {
      found.set(String(id), { revision: Number(revision), settings: JSON.parse(String(settings)) });
    }
    return found;
  } finally {
    database.close();
  }
}

/** Writes what is newer than what the table has, and has the server told of it. */
export function writeSettings(home: RunnerHome, profileId: string, settings: NonNullable<Settings>): void {
  const database = openJournalDatabase(home.journalFile);
  try {
    inTransaction(database, () => {
      database
        .prepare(
          `insert into profiles (id, revision, settings, changed) values (?, ?, ?, (select coalesce(max(changed), 0) + 1 from profiles))
           on conflict (id) do update set revision = excluded.revision, settings = excluded.settings, changed = excluded.changed
           where excluded.revision > profiles.revision`,
        )
        .run(profileId, settings.revision, JSON.stringify(settings.settings));
    });
  } finally {
    database.close();
  }
}
