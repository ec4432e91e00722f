import { latencyName } from "@deskhand/shared/schemas/relay-figures";
import { describe, expect, test } from "vitest";
import { latencyBuckets } from "@/server/metrics";
import { atOnce, chartPoints, difference, inSequence, quantile, type Sample } from "./rules.ts";

const empty = () => Array<number>(latencyBuckets.length + 1).fill(0);
/** So many measurements in the bucket that ends at this bound. */
const measured = (bound: number, count: number) => empty().with(latencyBuckets.indexOf(bound), count);

function one(part: Partial<Sample> = {}): Sample {
  const counts = { joins: 0, reconnects: 0, refusals: 0, succeeded: 0, failed: 0, delivered: 0, deliveryRetries: 0, deliveryFailures: 0 };
  const queue = { queued: 0, leased: 0, accepted: 0, running: 0, oldestOnline: 0, oldestOffline: 0 };
  const latencies = Object.fromEntries(latencyName.options.map((name) => [name, empty()])) as Sample["latencies"];
  return { connectedRunners: 0, ...counts, ...queue, latencies, ...part };
}

describe("a quantile", () => {
  test("of nothing is unknown", () => expect(quantile(empty(), 0.5)).toBeNull());

  test("lies straight within its bucket", () => {
    expect(quantile(measured(0.1, 10), 0.5)).toBeCloseTo(0.075);
    expect(quantile(measured(0.005, 10), 0.5)).toBeCloseTo(0.0025);
  });

  test("beyond the last bound is that bound", () => {
    expect(quantile(empty().with(-1, 3), 0.99)).toBe(latencyBuckets.at(-1));
  });

  test("never falls as more is asked for", () => {
    const buckets = empty().map((_, index) => (index * 7) % 5);
    const asked = Array.from({ length: 101 }, (_, index) => quantile(buckets, index / 100) ?? 0);
    expect(asked).toEqual(asked.toSorted((a, b) => a - b));
  });
});

describe("samples", () => {
  test("of following minutes are added up where they count, averaged where they measure, and the worst where they warn", () => {
    const minutes: [Sample, Sample] = [
      one({ connectedRunners: 4, joins: 1, queued: 10, oldestOnline: 5, latencies: { ...one().latencies, ping: measured(0.1, 2) } }),
      one({ connectedRunners: 2, joins: 2, queued: 0, oldestOnline: 1, latencies: { ...one().latencies, ping: measured(0.1, 3) } }),
    ];
    expect(inSequence(minutes)).toMatchObject({ connectedRunners: 3, joins: 3, queued: 5, oldestOnline: 5 });
    expect(inSequence(minutes).latencies.ping).toEqual(measured(0.1, 5));
  });

  test("of several processes at once share the database's numbers and add their own", () => {
    const both = atOnce([one({ connectedRunners: 4, queued: 7, joins: 1 }), one({ connectedRunners: 3, queued: 7, joins: 1 })]);
    expect(both).toMatchObject({ connectedRunners: 7, queued: 7, joins: 2 });
  });

  test("are what came since the reading before", () => {
    const before = one({ joins: 5, connectedRunners: 9, latencies: { ...one().latencies, total: measured(1, 4) } });
    const now = one({ joins: 7, connectedRunners: 3, latencies: { ...one().latencies, total: measured(1, 6) } });
    expect(difference(now, before)).toMatchObject({ joins: 2, connectedRunners: 3 });
    expect(difference(now, before).latencies.total).toEqual(measured(1, 2));
  });
});

test("a chart ends with the last whole minute, and has a gap where nobody counted", () => {
  const now = new Date("2026-03-01T12:00:30Z");
  const rows = [
    { at: new Date("2026-03-01T11:59:00Z"), sample: one({ connectedRunners: 2 }) },
    { at: new Date("2026-03-01T11:59:00Z"), sample: one({ connectedRunners: 3 }) },
    { at: new Date("2026-03-01T12:00:00Z"), sample: one({ connectedRunners: 99 }) },
  ];
  const points = chartPoints("1h", rows, now);
  expect(points).toHaveLength(60);
  expect(points.at(-1)).toMatchObject({ at: "2026-03-01T11:59:00.000Z", figures: { connectedRunners: 5 } });
  expect(points.at(-2)?.figures).toBeNull();
});
