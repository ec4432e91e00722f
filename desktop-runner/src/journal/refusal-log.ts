import { randomUUID } from "node:crypto";
import type { Refusal } from "@deskhand/shared/protocol/policy";
import { inTransaction, withoutSync } from "./database.ts";
import type { Journal } from "./journal.ts";

export type RefusalEntry = {
  /** Null for what belongs to no run. */
  runId: string | null;
  kind: string;
  rule: string;
  subject: string;
  /** How often since it was last told; 0 only changes `fatal`. */
  count: number;
  fatal: boolean;
  at: number;
};

export type PendingRefusals = { refusals: Refusal[] /** Say this when they are stored. */; upTo: number };

/** What the policy refused, one row for each thing in each run with how often. Part of the journal's file. */
export class RefusalLog {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  add(entry: RefusalEntry): void {
    const { database } = this.#journal;
    const sql = `insert into refusals (id, run_id, kind, rule, subject, count, fatal, first_at, last_at, revision)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, (select coalesce(max(revision), 0) + 1 from refusals))
      on conflict (run_id, kind, rule, subject) do update set count = count + excluded.count, fatal = max(fatal, excluded.fatal),
        last_at = excluded.last_at, revision = excluded.revision`;
    const { runId, kind, rule, subject, count, fatal, at } = entry;
    // a refusal that a power failure takes from the list was refused all the same
    withoutSync(database, () =>
      database
        .prepare(sql)
        .run(randomUUID(), runId ?? "", kind, rule.slice(0, 200) || "-", subject.slice(0, 200) || "-", count, fatal ? 1 : 0, at, at),
    );
  }

  /** What the server has not stored, oldest change first, at most `limit`. */
  pending(limit: number): PendingRefusals {
    const rows = this.#journal.database.prepare(`select * from refusals where revision > (${stored}) order by revision limit ?`).all(limit);
    return { refusals: rows.map(toRefusal), upTo: Number(rows.at(-1)?.revision ?? 0) };
  }

  /** The server has all changes up to this one. */
  markStored(upTo: number): void {
    if (upTo === 0) return;
    const { database } = this.#journal;
    withoutSync(database, () => database.prepare("update refusals_stored set revision = max(revision, ?)").run(upTo));
  }

  /** The newest, for people on this computer. */
  newest(limit: number): Refusal[] {
    return this.#journal.database.prepare("select * from refusals order by revision desc limit ?").all(limit).map(toRefusal);
  }

  /** Forgets all but the newest `keep`. The row with the last revision stays, so that revisions go on from it. */
  prune(keep: number): void {
    const { database } = this.#journal;
    inTransaction(database, () =>
      database
        .prepare("delete from refusals where revision not in (select revision from refusals order by revision desc limit ?)")
        .run(Math.max(1, keep)),
    );
  }
}

const stored = "select revision from refusals_stored";

function toRefusal(row: Record<string, unknown>): Refusal {
  return {
    id: String(row.id),
    runId: row.run_id === "" ? null : String(row.run_id),
    kind: String(row.kind),
    rule: String(row.rule),
    subject: String(row.subject),
    count: Math.max(1, Number(row.count)),
    fatal: row.fatal === 1,
    firstAt: Number(row.first_at),
    lastAt: Number(row.last_at),
  };
}
