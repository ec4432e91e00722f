import { closeSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";

export type FileFacts = { size: bigint; mtimeNs: bigint; ctimeNs: bigint; ino: bigint };

const schema = `create table if not exists files (
  repository text not null, path text not null, facts text not null, chunks text not null, seen integer not null,
  primary key (repository, path)
) strict, without rowid`;

/** Which chunks a file had when it was read last: one that has not changed since is not read again. It may be lost at any time. */
export class FileCache {
  readonly #database: DatabaseSync;
  readonly #repository: string;
  readonly #find: StatementSync;
  readonly #keep: StatementSync;
  readonly #generation = Date.now();

  constructor(file: string, repository: string) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, "a", 0o600));
    this.#database = new DatabaseSync(file);
    this.#database.exec(`pragma journal_mode = wal; pragma synchronous = off; ${schema}; begin`);
    this.#repository = repository;
    this.#find = this.#database.prepare("select facts, chunks from files where repository = ? and path = ?");
    this.#keep = this.#database.prepare("insert or replace into files (repository, path, facts, chunks, seen) values (?, ?, ?, ?, ?)");
  }

  find(name: string, facts: FileFacts): string[] | undefined {
    const row = this.#find.get(this.#repository, name);
    return row && row.facts === textOf(facts) ? (JSON.parse(String(row.chunks)) as string[]) : undefined;
  }

  keep(name: string, facts: FileFacts, chunks: readonly string[]): void {
    this.#keep.run(this.#repository, name, textOf(facts), JSON.stringify(chunks), this.#generation);
  }

  /** `isWhole`: all files were looked at, so that one that was not is gone. */
  close({ isWhole }: { isWhole: boolean }): void {
    if (isWhole) this.#database.prepare("delete from files where repository = ? and seen < ?").run(this.#repository, this.#generation);
    this.#database.exec("commit");
    this.#database.close();
  }
}

function textOf({ size, mtimeNs, ctimeNs, ino }: FileFacts): string {
  return `${size} ${mtimeNs} ${ctimeNs} ${ino}`;
}
