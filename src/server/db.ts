import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "@/server/generated/prisma/client";

export type Db = PrismaClient;
/** What a use case writes through inside `db.$transaction`. */
export type Tx = Omit<PrismaClient, "$connect" | "$disconnect" | "$on" | "$transaction" | "$extends">;

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
export function createPool(databaseUrl: string, { max }: { max: number }): pg.Pool {
  const pool = new pg.Pool({ Client: EndingClient, connectionString: databaseUrl, max, connectionTimeoutMillis: 5_000 });
  // a connection that ends while nobody uses it is replaced
  pool.on("error", () => {});
  return pool;
}

/**
 * A client with its own pool of at most 10 connections. A connection that cannot be had in 5 s, and a query that is not
 * answered in `queryTimeoutMs` (20 s), is an error: a server that hangs must not make ours hang.
 */
export function createDb(databaseUrl: string, { queryTimeoutMs = 20_000 } = {}): Db {
  const pool = new pg.Pool({
    Client: EndingClient,
    connectionString: databaseUrl,
    max: 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    query_timeout: queryTimeoutMs,
  });
  // a connection that ends while nobody uses it is replaced; whose query it interrupts is told by the query
  pool.on("error", () => {});
  return new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: true }),
    transactionOptions: { maxWait: 5_000, timeout: 15_000 },
  });
}
