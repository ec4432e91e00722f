import { type Permissions, permissions, permissionsBeyond } from "@deskhand/shared/schemas/permissions";
import { inTransaction } from "../journal/database.ts";
import type { Journal } from "../journal/journal.ts";

/** Kept this long after its end, milliseconds: a clock that is set back must not make a signature good again. */
const keptMs = 32 * 24 * 60 * 60_000;

/** Which signatures were used up, and what each workflow asked for last; in the journal's file. */
export class ManifestLog {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Uses a manifest up for one profile. False when another command did: then it must not be carried out. */
  use(entry: { manifestId: string; profileId: string; commandId: string; expiresAt: number }): boolean {
    const { manifestId, profileId, commandId, expiresAt } = entry;
    const { database } = this.#journal;
    return inTransaction(database, () => {
      database
        .prepare("insert into manifest_uses (manifest_id, profile_id, command_id, expires_at) values (?, ?, ?, ?) on conflict do nothing")
        .run(manifestId, profileId, commandId, expiresAt);
      const row = database
        .prepare("select command_id from manifest_uses where manifest_id = ? and profile_id = ?")
        .get(manifestId, profileId);
      return row?.command_id === commandId;
    });
  }

  /** Notes what this version asks for. @returns what the version that ran before did not; undefined for the first and for the same one */
  note(workflow: { id: string; version: number }, asked: Permissions): { version: number; beyond: Permissions } | undefined {
    const { database } = this.#journal;
    return inTransaction(database, () => {
      const row = database.prepare("select version, permissions from asked_permissions where workflow_id = ?").get(workflow.id);
      database
        .prepare("insert or replace into asked_permissions (workflow_id, version, permissions) values (?, ?, ?)")
        .run(workflow.id, workflow.version, JSON.stringify(asked));
      const version = Number(row?.version);
      if (!row || version === workflow.version) return undefined;
      return { version, beyond: permissionsBeyond(asked, permissions.parse(JSON.parse(String(row.permissions)))) };
    });
  }

  prune(now: number): void {
    this.#journal.database.prepare("delete from manifest_uses where expires_at < ?").run(now - keptMs);
  }
}
