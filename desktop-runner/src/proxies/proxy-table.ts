import type { DatabaseSync } from "node:sqlite";
import type { PoolOrder, ProxyOrder } from "@deskhand/shared/schemas/proxy";
import { inTransaction, withoutSync } from "../journal/database.ts";

export type KnownProxy = Omit<ProxyOrder, "passwordSealed" | "changeUrlSealed"> & {
  passwordSealed: string | null;
  changeUrlSealed: string | null;
};
export type KnownPool = PoolOrder & { /** Runs that it has served. */ turn: number };
export type ProxyChanges = { proxies: readonly ProxyOrder[]; pools: readonly PoolOrder[]; removed: readonly string[] };

const schema = `
create table if not exists proxies (
  id text primary key,
  revision integer not null,
  proxy text not null
) strict, without rowid;
create table if not exists proxy_pools (
  id text primary key,
  revision integer not null,
  pool text not null,
  turn integer not null default 0
) strict, without rowid;
`;

/** The proxies and pools that this runner was told of, in the journal's file, their secrets sealed as they came. */
export class ProxyTable {
  readonly #database: DatabaseSync;

  constructor(journal: { readonly database: DatabaseSync }) {
    this.#database = journal.database;
    this.#database.exec(schema);
  }

  /** Keeps what is newer than what is known. Secrets that are left out stay as they are. On the disk when it returns. */
  configure({ proxies, pools, removed }: ProxyChanges): void {
    inTransaction(this.#database, () => {
      const put = this.#database.prepare(
        "insert into proxies (id, revision, proxy) values (?, ?, ?) on conflict (id) do update set revision = excluded.revision, proxy = excluded.proxy",
      );
      for (const proxy of proxies) {
        const known = this.proxy(proxy.id);
        if (known && known.revision >= proxy.revision) continue;
        const { passwordSealed = known?.passwordSealed ?? null, changeUrlSealed = known?.changeUrlSealed ?? null } = proxy;
        put.run(proxy.id, proxy.revision, JSON.stringify({ ...proxy, passwordSealed, changeUrlSealed } satisfies KnownProxy));
      }
      const putPool = this.#database.prepare(
        "insert into proxy_pools (id, revision, pool) values (?, ?, ?) on conflict (id) do update set revision = excluded.revision, pool = excluded.pool where excluded.revision > revision",
      );
      for (const pool of pools) putPool.run(pool.id, pool.revision, JSON.stringify(pool));
      for (const id of removed) {
        this.#database.prepare("delete from proxies where id = ?").run(id);
        this.#database.prepare("delete from proxy_pools where id = ?").run(id);
      }
    });
  }

  /** Keeps it like this, whatever is known of it. On the disk when it returns. */
  put(proxy: KnownProxy): void {
    this.#database
      .prepare("insert or replace into proxies (id, revision, proxy) values (?, ?, ?)")
      .run(proxy.id, proxy.revision, JSON.stringify(proxy));
  }

  proxy(id: string): KnownProxy | undefined {
    const row = this.#database.prepare("select proxy from proxies where id = ?").get(id);
    return row && (JSON.parse(String(row.proxy)) as KnownProxy);
  }

  pool(id: string): KnownPool | undefined {
    const row = this.#database.prepare("select pool, turn from proxy_pools where id = ?").get(id);
    return row && { ...(JSON.parse(String(row.pool)) as PoolOrder), turn: Number(row.turn) };
  }

  /** One more run is served by this pool. */
  takeTurn(poolId: string): void {
    withoutSync(this.#database, () => this.#database.prepare("update proxy_pools set turn = turn + 1 where id = ?").run(poolId));
  }
}
