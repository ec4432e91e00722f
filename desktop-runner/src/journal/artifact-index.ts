import { inTransaction, withoutSync } from "./database.ts";
import type { Journal } from "./journal.ts";

export type IndexedArtifact = { id: string; runId: string; file: string; contentType: string; bytes: number };

/** Where each artifact's file is, and how much room each finished run takes. Part of the journal's file. */
export class ArtifactIndex {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** `file` is below the run's own folder. The same id again is the same artifact. */
  add(artifact: IndexedArtifact): void {
    const { database } = this.#journal;
    const sql = "insert into artifacts (id, run_id, file, content_type, bytes) values (?, ?, ?, ?, ?) on conflict (id) do nothing";
    // it is on the disk before the event that tells of it
    withoutSync(database, () =>
      database.prepare(sql).run(artifact.id, artifact.runId, artifact.file, artifact.contentType, artifact.bytes),
    );
  }

  find(id: string): IndexedArtifact | undefined {
    const row = this.#journal.database.prepare("select id, run_id, file, content_type, bytes from artifacts where id = ?").get(id);
    if (!row) return undefined;
    return {
      id: String(row.id),
      runId: String(row.run_id),
      file: String(row.file),
      contentType: String(row.content_type),
      bytes: Number(row.bytes),
    };
  }

  /** The run is over and its folder takes `bytes`. */
  keep(runId: string, bytes: number, finishedAt: number): void {
    const { database } = this.#journal;
    const sql =
      "insert into kept_runs (run_id, bytes, finished_at) values (?, ?, ?) on conflict (run_id) do update set bytes = excluded.bytes";
    // a folder that is not counted is counted at the next start
    withoutSync(database, () => database.prepare(sql).run(runId, bytes, finishedAt));
  }

  has(runId: string): boolean {
    return this.#journal.database.prepare("select 1 from kept_runs where run_id = ?").get(runId) !== undefined;
  }

  totalBytes(): number {
    return Number(this.#journal.database.prepare("select coalesce(sum(bytes), 0) as total from kept_runs").get()?.total);
  }

  /** The finished runs to give up, oldest first, so that the rest takes at most `maxBytes`. */
  overflow(maxBytes: number): string[] {
    let excess = this.totalBytes() - maxBytes;
    const gone: string[] = [];
    if (excess <= 0) return gone;
    for (const row of this.#journal.database.prepare("select run_id, bytes from kept_runs order by finished_at, run_id").iterate()) {
      if (excess <= 0) break;
      gone.push(String(row.run_id));
      excess -= Number(row.bytes);
    }
    return gone;
  }

  /** The runs that had finished by then. */
  finishedBefore(time: number): string[] {
    const rows = this.#journal.database.prepare("select run_id from kept_runs where finished_at < ? order by finished_at").all(time);
    return rows.map((row) => String(row.run_id));
  }

  forget(runId: string): void {
    const { database } = this.#journal;
    inTransaction(database, () => {
      database.prepare("delete from artifacts where run_id = ?").run(runId);
      database.prepare("delete from kept_runs where run_id = ?").run(runId);
    });
  }
}
