import { setTimeout as delay } from "node:timers/promises";
import { actorName, type Context } from "@/server/context";
import type { Query } from "@/server/db";
import { AppError } from "@/server/errors";

/** A request that its caller may send again: by the same key it is carried out once. */
export type OnceOnly = {
  /** The caller's, 8 to 100 characters. */
  key: string;
  /** Of all that was asked: another with the same key is a conflict. */
  requestHash: string;
  /** Names this one of the requests with the same key. */
  requestId: string;
};

/** An answer is repeated for this long, in milliseconds; a day, as with most who offer such keys. */
const KEPT_MS = 24 * 60 * 60_000;
/** The answer to a request is waited for until so long after it came, in milliseconds. */
const PATIENCE_MS = 15_000;

/**
 * Writes down, in the transaction that orders the work, that this request's work is ordered: both are there or neither is. Called by
 * whatever queues a command; a request without a key passes.
 * @throws AppError IDEMPOTENCY_CONFLICT when another request with this key came first, which undoes the transaction
 */
export async function claimRequest(query: Query, ctx: Context): Promise<void> {
  if (!ctx.once) return;
  const { key, requestHash, requestId } = ctx.once;
  const claimed = await query(
    `insert into "IdempotentRequest" (actor, key, "requestId", "requestHash", "createdAt") values ($1, $2, $3, $4, $5::timestamptz)
    on conflict (actor, key) do update set key = excluded.key where "IdempotentRequest"."requestId" = excluded."requestId" returning key`,
    actorName(ctx.actor),
    key,
    requestId,
    requestHash,
    ctx.clock.now(),
  );
  if (claimed.length === 0) throw new AppError("IDEMPOTENCY_CONFLICT");
}

/**
 * Carries a request out once, however often it comes: a repeat gets the first one's answer. What fails is not kept and may be tried
 * again. Work for a runner is ordered and written down together, so that a server's end between them doubles nothing; for anything else
 * the answer is written down when it is done.
 * @throws AppError IDEMPOTENCY_CONFLICT for another request with the same key, and when the first one's answer is not known
 */
export async function answerOnce(ctx: Context, once: OnceOnly, act: (ctx: Context) => Promise<unknown>): Promise<unknown> {
  const earlier = await findAnswer(ctx, once);
  if (earlier) return earlier.data;
  let data: unknown;
  try {
    data = await act({ ...ctx, once });
  } catch (error) {
    // two at once: the other was first to order the work
    const first = await findAnswer(ctx, once);
    if (first) return first.data;
    throw error;
  }
  await ctx.db.plain.query(
    `insert into "IdempotentRequest" (actor, key, "requestId", "requestHash", "createdAt", answer)
    values ($1, $2, $3, $4, $5::timestamptz, $6::jsonb)
    on conflict (actor, key) do update set answer = excluded.answer where "IdempotentRequest"."requestId" = excluded."requestId"`,
    actorName(ctx.actor),
    once.key,
    once.requestId,
    once.requestHash,
    ctx.clock.now(),
    JSON.stringify({ data: data ?? null }),
  );
  return data;
}

/** The answer to an earlier request with this key, which is waited for while that one is under way. */
async function findAnswer(ctx: Context, { key, requestHash, requestId }: OnceOnly): Promise<{ data: unknown } | undefined> {
  for (;;) {
    const [row] = await ctx.db.plain.query<{ requestId: string; requestHash: string; answer: { data: unknown } | null; createdAt: Date }>(
      `select "requestId", "requestHash", answer, "createdAt" from "IdempotentRequest" where actor = $1 and key = $2`,
      actorName(ctx.actor),
      key,
    );
    if (!row || row.requestId === requestId) return undefined;
    if (row.requestHash !== requestHash) throw new AppError("IDEMPOTENCY_CONFLICT");
    if (row.answer) return row.answer;
    if (ctx.clock.now().getTime() - row.createdAt.getTime() > PATIENCE_MS) {
      throw new AppError("IDEMPOTENCY_CONFLICT", { userMessage: "This was asked before and is ordered, but its answer was lost." });
    }
    await delay(100);
  }
}

/** Forgets requests of more than a day ago. */
export async function forgetRequests(ctx: Context): Promise<void> {
  await ctx.db.idempotentRequest.deleteMany({ where: { createdAt: { lt: new Date(ctx.clock.now().getTime() - KEPT_MS) } } });
}
