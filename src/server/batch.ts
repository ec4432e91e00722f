import type { Context } from "./context.ts";
import type { Db } from "./db.ts";
import { AppError, toAppError } from "./errors.ts";

export type Asked<Input> = { ctx: Context; input: Input };

type Batched<Input, Output> = {
  /** Two with the same key are never in one batch: the second sees what the first has done. */
  keyOf?(input: Input): string;
  /** Does them all, in one transaction where it writes. @returns what came of each, in their order; an AppError is thrown to who asked */
  work(db: Db, batch: Asked<Input>[]): Promise<(Output | AppError)[]>;
};

type Waiting<Input, Output> = Asked<Input> & { resolve(output: Output): void; reject(error: unknown): void };

/** Most that go together: a transaction that holds more rows would have the next ones wait for too long. */
const MOST = 256;

/**
 * Has what many ask at once done in one go, where a transaction each would be the cost (group commit). Nobody waits for company: what is
 * asked while nothing is under way begins in the same turn of the event loop, and what is asked meanwhile goes together next, first come
 * first served. When a batch fails as a whole, each of it is tried on its own, so that one that cannot be done does not hold the others.
 */
export function batched<Input, Output>({ keyOf, work }: Batched<Input, Output>): (ctx: Context, input: Input) => Promise<Output> {
  const queues = new WeakMap<Db, Waiting<Input, Output>[]>();

  async function settle(db: Db, batch: Waiting<Input, Output>[]): Promise<void> {
    try {
      const outcomes = await work(db, batch);
      for (const [n, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[n] as Output | AppError;
        if (outcome instanceof AppError) reject(outcome);
        else resolve(outcome);
      }
    } catch (error) {
      if (batch.length > 1 && toAppError(error).code !== "DATABASE_UNAVAILABLE") for (const each of batch) await settle(db, [each]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async function drain(db: Db, queue: Waiting<Input, Output>[]): Promise<void> {
    while (queue.length > 0) {
      const keys = new Set<string>();
      const batch: typeof queue = [];
      const later: typeof queue = [];
      for (const waiting of queue.splice(0)) {
        const key = keyOf?.(waiting.input);
        if (batch.length === MOST || (key !== undefined && keys.has(key))) later.push(waiting);
        else batch.push(waiting);
        if (key !== undefined) keys.add(key);
      }
      queue.push(...later);
      await settle(db, batch);
    }
    queues.delete(db);
  }

  return (ctx, input) =>
    new Promise((resolve, reject) => {
      const waiting = { ctx, input, resolve, reject };
      const queue = queues.get(ctx.db);
      if (queue) return void queue.push(waiting);
      const begun = [waiting];
      queues.set(ctx.db, begun);
      // after the messages that have come already
      setImmediate(() => void drain(ctx.db, begun));
    });
}
