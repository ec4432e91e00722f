import { type LatencyName, latencyName, type RelayPoint, type RelaySpan } from "@deskhand/shared/schemas/relay-figures";
import * as z from "zod";
import { latencyBuckets } from "@/server/metrics";

const minuteMs = 60_000;

/** How long rows are kept, by the seconds that one covers; in milliseconds. */
export const KEEP_MS: Record<60 | 900, number> = { 60: 2 * 60 * minuteMs, 900: 8 * 24 * 60 * minuteMs };

/** For each span: how much a row that is read covers, how much a point does, and how many points there are. */
export const spans: Record<RelaySpan, { rowSeconds: 60 | 900; stepSeconds: number; points: number }> = {
  "1h": { rowSeconds: 60, stepSeconds: 60, points: 60 },
  "24h": { rowSeconds: 900, stepSeconds: 900, points: 96 },
  "7d": { rowSeconds: 900, stepSeconds: 7_200, points: 84 },
};

/** What grows with what happened: added up over time and over processes. */
const counted = {
  joins: z.number(),
  reconnects: z.number(),
  refusals: z.number(),
  succeeded: z.number(),
  failed: z.number(),
  delivered: z.number(),
  deliveryRetries: z.number(),
  deliveryFailures: z.number(),
};
type CountName = keyof typeof counted;
const countNames = Object.keys(counted) as CountName[];

/** What the database says: the same for all processes. */
const queue = {
  queued: z.number(),
  leased: z.number(),
  accepted: z.number(),
  running: z.number(),
  oldestOnline: z.number(),
  oldestOffline: z.number(),
};
type QueueName = keyof typeof queue;
const queueNames = Object.keys(queue) as QueueName[];
/** Of these, a longer time shows the worst; of the others the average. */
const worst: ReadonlySet<QueueName> = new Set(["oldestOnline", "oldestOffline"]);

/** What a process counted so far, or in some time. `latencies` holds the number of measurements in each bucket, the last without bound. */
export const sample = z.object({
  connectedRunners: z.number(),
  ...counted,
  ...queue,
  latencies: z.record(latencyName, z.array(z.number()).length(latencyBuckets.length + 1)),
});
export type Sample = z.infer<typeof sample>;

/** What happened between two readings of one process. */
export function difference(now: Sample, before: Sample | undefined): Sample {
  if (!before) return now;
  const result = { ...now, latencies: { ...now.latencies } };
  for (const name of countNames) result[name] = Math.max(0, now[name] - before[name]);
  for (const name of latencyName.options) {
    result.latencies[name] = now.latencies[name].map((count, index) => Math.max(0, count - (before.latencies[name][index] ?? 0)));
  }
  return result;
}

/** One process's samples of following times as one. */
export function inSequence(samples: [Sample, ...Sample[]]): Sample {
  const [first, ...rest] = samples;
  const result = { ...addUp(first, rest), connectedRunners: average(samples.map((one) => one.connectedRunners)) };
  for (const name of queueNames) {
    const values = samples.map((one) => one[name]);
    result[name] = worst.has(name) ? Math.max(...values) : average(values);
  }
  return result;
}

/** Several processes' samples of the same time as one. */
export function atOnce(samples: [Sample, ...Sample[]]): Sample {
  const [first, ...rest] = samples;
  const result = { ...addUp(first, rest), connectedRunners: samples.reduce((sum, one) => sum + one.connectedRunners, 0) };
  for (const name of queueNames) result[name] = Math.max(...samples.map((one) => one[name]));
  return result;
}

function addUp(first: Sample, rest: Sample[]): Sample {
  const result: Sample = { ...first, latencies: { ...first.latencies } };
  for (const one of rest) {
    for (const name of countNames) result[name] += one[name];
    for (const name of latencyName.options) {
      result.latencies[name] = result.latencies[name].map((count, index) => count + (one.latencies[name][index] ?? 0));
    }
  }
  return result;
}

/** At most one decimal, so that a row stays small. */
function average(values: number[]): number {
  return Math.round((values.reduce((sum, value) => sum + value, 0) / values.length) * 10) / 10;
}

/**
 * A quantile from the counts of a histogram, as Prometheus' histogram_quantile does: straight within a bucket; what is beyond the last
 * bound counts as that bound.
 * @param q in [0, 1]
 * @returns seconds; null when nothing was measured
 */
export function quantile(buckets: readonly number[], q: number): number | null {
  const total = buckets.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = q * total;
  let below = 0;
  for (const [index, count] of buckets.entries()) {
    if (count === 0 || below + count < rank) {
      below += count;
      continue;
    }
    const from = index === 0 ? 0 : (latencyBuckets[index - 1] ?? 0);
    const to = latencyBuckets[index];
    return to === undefined ? from : from + ((to - from) * (rank - below)) / count;
  }
  return latencyBuckets.at(-1) ?? null;
}

type Row = { at: Date; sample: Sample };

/** Rows of any processes as the points of a chart that ends now; a point without a row is a gap. */
export function chartPoints(span: RelaySpan, rows: Row[], now: Date): RelayPoint[] {
  const { stepSeconds, points } = spans[span];
  const stepMs = stepSeconds * 1000;
  // the time that has begun is not whole yet
  const end = Math.floor(now.getTime() / stepMs) * stepMs;
  return Array.from({ length: points }, (_, index) => {
    const from = end - (points - index) * stepMs;
    const within = rows.filter(({ at }) => at.getTime() >= from && at.getTime() < from + stepMs);
    const byTime = Map.groupBy(within, ({ at }) => at.getTime());
    const slots = [...byTime.values()].flatMap((group) => {
      const [first, ...rest] = group.map((row) => row.sample);
      return first ? [atOnce([first, ...rest])] : [];
    });
    const [first, ...rest] = slots;
    return { at: new Date(from).toISOString(), figures: first ? figuresOf(inSequence([first, ...rest])) : null };
  });
}

function figuresOf({ latencies, ...rest }: Sample): NonNullable<RelayPoint["figures"]> {
  const quantilesOf = (buckets: number[]) => ({
    p50: quantile(buckets, 0.5),
    p95: quantile(buckets, 0.95),
    p99: quantile(buckets, 0.99),
    count: buckets.reduce((sum, count) => sum + count, 0),
  });
  const entries = latencyName.options.map((name) => [name, quantilesOf(latencies[name])] as const);
  return { ...rest, latencies: Object.fromEntries(entries) as Record<LatencyName, ReturnType<typeof quantilesOf>> };
}
