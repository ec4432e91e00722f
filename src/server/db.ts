import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "@/server/generated/prisma/client";

/** One statement with `$1` …, and the rows that it gives. */
export type Query = <Row = unknown>(text: string, ...values: unknown[]) => Promise<Row[]>;

/**
 * SQL without Prisma's engine, for what each message of each runner costs: a transaction of two statements takes a third of the time that
 * it takes through Prisma. On connections of its own, so that pages and runners do not wait for each other.
 */
export type PlainSql = {
  query: Query;
  /**
   * Commits when `work` resolves, rolls back when it throws. A connection that fails within is not used again. A statement that goes by
   * `last` has the commit with it on the way, so that both cost one round trip: it comes after all others, and is awaited.
   */
  transaction<T>(work: (query: Query, last: Query) => Promise<T>): Promise<T>;
};

export type Db = PrismaClient & { readonly plain: PlainSql };
/** What a use case writes through inside `db.$transaction`. */
export type Tx = Omit<PrismaClient, "$connect" | "$disconnect" | "$on" | "$transaction" | "$extends">;

/** Plain statements within one of Prisma's transactions. */
export const queryIn =
  (tx: Tx): Query =>
  (text, ...values) =>
    tx.$queryRawUnsafe(text, ...values);

/** What pg's `query_timeout` says. The query may still run: nobody knows the state of its connection. */
const readTimeout = "Query read timeout";

/** Ends with the first query that got no answer in time, so that the pool never hands out a connection in the middle of something. */
class EndingClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // Between the pool, which stops listening when it hands a connection out, and Prisma, which begins a moment later, an end told by
    // the database would be heard by nobody and end this process. The pool sees by itself that the connection is of no more use.
    this.on("error", () => {});
  }

  /** What is asked in this call leaves as one packet, when the connection is a pipeline. */
  together<T>(ask: () => T): T {
    const { stream } = this.connection;
    stream.cork();
    try {
      return ask();
    } finally {
      stream.uncork();
    }
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg has nine overloads, and what matters here is the same in all
  override query(...args: any[]): any {
    const look = (error: Error | null | undefined) => {
      if (error?.message === readTimeout) this.connection.stream.destroy();
    };
    const callback = args.at(-1);
    if (typeof callback === "function") {
      args[args.length - 1] = (error: Error | null, result: unknown) => {
        look(error);
        callback(error, result);
      };
    }
    const result = (super.query as (...given: unknown[]) => unknown)(...args);
    if (result instanceof Promise) result.catch(look);
    return result;
  }
}

/**
 * Connections for what speaks SQL without Prisma. One that ends, in whoever's hands it is, does not end this process; one that cannot be
 * had in 5 s is an error. The caller ends the pool.
 */
export function createPool(databaseUrl: string, config: pg.PoolConfig & { max: number }): pg.Pool {
  const pool = new pg.Pool({ Client: EndingClient, connectionString: databaseUrl, connectionTimeoutMillis: 5_000, ...config });
  // a connection that ends while nobody uses it is replaced; whose query it interrupts is told by the query
  pool.on("error", () => {});
  return pool;
}

/** Most connections of one client, for Prisma and for plain SQL: what a server process takes of the database's. */
const PRISMA_CONNECTIONS = 10;
const PLAIN_CONNECTIONS = 4;

/**
 * A plan may be made while a table is empty and serve while it is large, so it is told that everything here is found by its key. One
 * serves all values: planning takes longer than running.
 */
const planByKey = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off";

/**
 * A client with its own connections, at most 14. A connection that cannot be had in 5 s, and a query that is not answered in
 * `queryTimeoutMs` (20 s), is an error: a server that hangs must not make ours hang.
 */
export function createDb(databaseUrl: string, { queryTimeoutMs = 20_000 } = {}): Db {
  const common = { idleTimeoutMillis: 60_000, query_timeout: queryTimeoutMs };
  const prisma = new PrismaClient({
    adapter: new PrismaPg(createPool(databaseUrl, { ...common, max: PRISMA_CONNECTIONS }), { disposeExternalPool: true }),
    transactionOptions: { maxWait: 5_000, timeout: 15_000 },
  });
  const disconnect = prisma.$disconnect.bind(prisma);
  const pool = createPool(databaseUrl, { ...common, max: PLAIN_CONNECTIONS, options: planByKey, pipeline: true });
  let ended: Promise<void> | undefined;
  return Object.assign(prisma, {
    plain: createPlainSql(pool),
    async $disconnect() {
      await disconnect();
      ended ??= pool.end();
      await ended;
    },
  });
}

/** Each statement is planned once on each connection. */
const names = new Map<string, string>();
function nameOf(text: string): string {
  const name = names.get(text) ?? `deskhand_${names.size}`;
  names.set(text, name);
  return name;
}

function createPlainSql(pool: pg.Pool): PlainSql {
  const queryOf =
    (client: pg.Pool | pg.PoolClient): Query =>
    async (text, ...values) =>
      (await client.query({ name: nameOf(text), text, values })).rows;
  return {
    query: queryOf(pool),
    async transaction(work) {
      const client = (await pool.connect()) as EndingClient & pg.PoolClient;
      const query = queryOf(client);
      let broken = false;
      let committed: Promise<unknown> | undefined;
      const last: Query = async (...statement) => {
        const [rows] = await client.together(() => {
          const asked = query<never>(...statement);
          committed = client.query("commit");
          // when the statement fails, the database makes a rollback of it
          return Promise.all([asked, committed]);
        });
        return rows;
      };
      try {
        // what the work asks first goes with it
        const [begun, working] = client.together(() => [client.query("begin"), work(query, last)]);
        begun.catch(() => {});
        const result = await working;
        await begun;
        await (committed ?? client.query("commit"));
        return result;
      } catch (error) {
        await client.query("rollback").catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },
  };
}
