import type { Context } from "./context.ts";
import type { Db } from "./db.ts";
import { AppError, toAppError } from "./errors.ts";

export type Asked<Input> = { ctx: Context; input: Input };

type Batched<Input, Output> = {
  /** Two with the same key are never in one batch: the second sees what the first has done. */
  keyOf?(input: Input): string;
  /** How long it may wait for others to go with, in milliseconds, because nobody waits for it; it goes at once when absent or 0. */
  patienceOf?(input: Input): number;
  /** Does them all, in one transaction where it writes. @returns what came of each, in their order; an AppError is thrown to who asked */
  work(db: Db, batch: Asked<Input>[]): Promise<(Output | AppError)[]>;
};

type Waiting<Input, Output> = Asked<Input> & {
  resolve(output: Output): void;
  reject(error: unknown): void;
  /** Until when it has patience, by the monotonic clock. */
  until: number;
};

type Queue<Input, Output> = { waiting: Waiting<Input, Output>[]; isUnderWay: boolean; timer?: NodeJS.Timeout | undefined };

/** Most that go together: a transaction that holds more rows would have the next ones wait for too long. */
const MOST = 256;

/**
 * Has what many ask at once done in one go, where a transaction each would be the cost (group commit). Nobody waits for company: what is
 * asked while nothing is under way begins in the same turn of the event loop, and what is asked meanwhile goes together next, first come
 * first served. What has patience goes with the next that has none, or by itself when its time is over. When a batch fails as a whole, each of it is tried on its own, so that one that cannot be done does not hold the others.
 */
export function batched<Input, Output>({
  keyOf,
  patienceOf,
  work,
}: Batched<Input, Output>): (ctx: Context, input: Input) => Promise<Output> {
  const queues = new WeakMap<Db, Queue<Input, Output>>();

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

  /** Begins when the first of them has no patience left. */
  function begin(db: Db, queue: Queue<Input, Output>): void {
    clearTimeout(queue.timer);
    queue.timer = undefined;
    const waitMs = Math.min(...queue.waiting.map(({ until }) => until)) - performance.now();
    if (waitMs > 0) {
      queue.timer = setTimeout(() => begin(db, queue), Math.ceil(waitMs));
      return;
    }
    queue.isUnderWay = true;
    // after the messages that have come already
    setImmediate(() => void drain(db, queue));
  }

  async function drain(db: Db, queue: Queue<Input, Output>): Promise<void> {
    const keys = new Set<string>();
    const batch: Waiting<Input, Output>[] = [];
    const later: typeof batch = [];
    for (const waiting of queue.waiting.splice(0)) {
      const key = keyOf?.(waiting.input);
      if (batch.length === MOST || (key !== undefined && keys.has(key))) later.push(waiting);
      else batch.push(waiting);
      if (key !== undefined) keys.add(key);
    }
    queue.waiting.push(...later);
    await settle(db, batch);
    queue.isUnderWay = false;
    if (queue.waiting.length > 0) begin(db, queue);
    else queues.delete(db);
  }

  return (ctx, input) =>
    new Promise((resolve, reject) => {
      const patienceMs = patienceOf?.(input) ?? 0;
      const until = patienceMs === 0 ? 0 : performance.now() + patienceMs;
      const queue = queues.get(ctx.db) ?? { waiting: [], isUnderWay: false };
      queues.set(ctx.db, queue);
      queue.waiting.push({ ctx, input, resolve, reject, until });
      if (!queue.isUnderWay) begin(ctx.db, queue);
    });
}
