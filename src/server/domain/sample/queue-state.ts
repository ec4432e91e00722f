import type { Context } from "@/server/context";
import { OFFLINE_AFTER_MS } from "@/server/domain/runner/rules";

/** What waits and what is under way, in the whole installation. Ages in seconds, 0 when nothing waits. */
export type QueueState = {
  queued: number;
  leased: number;
  accepted: number;
  running: number;
  /** Age of the oldest command that waits for a runner that is online, and for one that is not. */
  oldestOnline: number;
  oldestOffline: number;
  onlineRunners: number;
  pendingDeliveries: number;
};

/** More commands than this are not counted. */
const COUNT_AT_MOST = 100_000;

type Row = { state: "queued" | "leased" | "accepted" | "running"; online: boolean; count: number; oldest: Date };

/** Reads the queue for the system; nobody is authorized. Bounded: it walks the index of what is not over. */
export async function readQueue(ctx: Pick<Context, "db" | "clock">): Promise<QueueState> {
  const now = ctx.clock.now();
  const heardSince = new Date(now.getTime() - OFFLINE_AFTER_MS);
  const [rows, onlineRunners, pendingDeliveries] = await Promise.all([
    // Prisma groups within one table only, and has no bound for what it counts
    ctx.db.$queryRaw<Row[]>`
      select c.state::text, (r."connectionId" is not null and r."lastSeenAt" >= ${heardSince}) is true as online,
        count(*)::int as count, min(c."createdAt") as oldest
      from (select state, "runnerId", "createdAt" from "Command" where "finishedAt" is null limit ${COUNT_AT_MOST}) c
        join "Runner" r on r.id = c."runnerId"
      group by 1, 2`,
    ctx.db.runner.count({ where: { connectionId: { not: null }, lastSeenAt: { gte: heardSince } } }),
    ctx.db.delivery.count({ where: { state: "pending" }, take: COUNT_AT_MOST }),
  ]);
  const result = { queued: 0, leased: 0, accepted: 0, running: 0, oldestOnline: 0, oldestOffline: 0, onlineRunners, pendingDeliveries };
  for (const { state, online, count, oldest } of rows) {
    result[state] += count;
    if (state === "queued") result[online ? "oldestOnline" : "oldestOffline"] = Math.max(0, (now.getTime() - oldest.getTime()) / 1000);
  }
  return result;
}

/** As {@link readQueue}, at most every `forMs`, one question for all who ask at once: for pages that anybody may reload. */
export function cachedQueue(ctx: Pick<Context, "db" | "clock">, forMs = 5_000): () => Promise<QueueState> {
  let kept: { until: number; state: Promise<QueueState> } | undefined;
  return () => {
    if (kept && kept.until > performance.now()) return kept.state;
    const state = readQueue(ctx);
    kept = { until: performance.now() + forMs, state };
    // a failure is not kept
    state.catch(() => {
      kept = undefined;
    });
    return state;
  };
}
