import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Db } from "@/server/db";
import { AppError, toAppError } from "@/server/errors";
import type { RateLimit } from "@/server/limits";
import { hashSecret } from "@/server/secrets";

/**
 * Counts one against `limit` for `subject`. The count is in PostgreSQL, so it holds across instances and restarts.
 * @throws AppError RATE_LIMITED with how long to wait; DATABASE_UNAVAILABLE
 */
export async function takeFromLimit(db: Db, limit: RateLimit, subject: string): Promise<void> {
  try {
    await limiterFor(db, limit).consume(hashSecret(subject));
  } catch (error) {
    if (error instanceof RateLimiterRes) throw new AppError("RATE_LIMITED", { retryAfterMs: error.msBeforeNext });
    throw toAppError(error);
  }
}

/**
 * Counts `points` at once against `limit`, unless it is used up already. What is asked for in one call is allowed as a whole, also when
 * it is more than what is left: the next call then waits. So a deployment to many profiles is never half done.
 * @throws AppError RATE_LIMITED with how long to wait; DATABASE_UNAVAILABLE
 */
export async function takeManyFromLimit(db: Db, limit: RateLimit, subject: string, points: number): Promise<void> {
  const limiter = limiterFor(db, limit);
  const key = hashSecret(subject);
  try {
    const before = await limiter.get(key);
    if (before && before.consumedPoints >= limit.points) throw new AppError("RATE_LIMITED", { retryAfterMs: before.msBeforeNext });
    await limiter.penalty(key, points);
  } catch (error) {
    throw toAppError(error);
  }
}

/** Takes one back, for what turned out to be allowed. */
export async function giveBackToLimit(db: Db, limit: RateLimit, subject: string): Promise<void> {
  await limiterFor(db, limit).reward(hashSecret(subject));
}

/** Forgets what was counted for `subject`. */
export async function forgetLimit(db: Db, limit: RateLimit, subject: string): Promise<void> {
  await limiterFor(db, limit).delete(hashSecret(subject));
}

const limiters = new WeakMap<Db, Map<string, RateLimiterPostgres>>();

function limiterFor(db: Db, limit: RateLimit): RateLimiterPostgres {
  const known = limiters.get(db) ?? new Map<string, RateLimiterPostgres>();
  limiters.set(db, known);
  const id = `${limit.name}:${limit.points}`;
  let limiter = known.get(id);
  if (!limiter) {
    limiter = new RateLimiterPostgres({
      storeClient: queryThrough(db),
      storeType: "pool",
      tableName: "rate_limit",
      tableCreated: true,
      keyPrefix: limit.name,
      points: limit.points,
      duration: limit.seconds,
    });
    known.set(id, limiter);
  }
  return limiter;
}

/** The part of a pg pool that the limiter uses, on Prisma's connections, so that it needs none of its own. */
function queryThrough(db: Db) {
  return {
    async query({ text, values }: { text: string; values: unknown[] }) {
      const rows = await db.$queryRawUnsafe<Record<string, unknown>[]>(text, ...values);
      return {
        rowCount: rows.length,
        // the limiter calculates with `expire`, which is a bigint here
        rows: rows.map((row) => ({ ...row, expire: row.expire == null ? null : Number(row.expire) })),
      };
    },
  };
}
