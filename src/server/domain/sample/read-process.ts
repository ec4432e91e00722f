import type { LatencyName } from "@deskhand/shared/schemas/relay-figures";
import type { Counter, Gauge, Histogram } from "prom-client";
import { latencyBuckets, metrics } from "@/server/metrics";
import type { QueueState } from "./queue-state.ts";
import type { Sample } from "./rules.ts";

/** Everything that this process counted since it started, with what the database says at the moment. */
export async function readProcess({ queue }: { queue: QueueState }): Promise<Sample> {
  const counted = metrics();
  const changesTo = (to: string[]) => sum(counted.commandChanges, ({ to: state }) => to.includes(String(state)));
  const attempts = (outcome: string) => sum(counted.deliveryAttempts, (labels) => labels.outcome === outcome);
  const latencies: Record<LatencyName, Histogram<string>> = {
    queued: counted.commandQueuedSeconds,
    accept: counted.commandAcceptSeconds,
    start: counted.commandStartSeconds,
    total: counted.commandTotalSeconds,
    ping: counted.runnerPingSeconds,
  };
  const entries = await Promise.all(Object.entries(latencies).map(async ([name, histogram]) => [name, await bucketsOf(histogram)]));
  const { queued, leased, accepted, running, oldestOnline, oldestOffline } = queue;
  return {
    connectedRunners: await sum(counted.connectedRunners),
    joins: await sum(counted.runnerJoins),
    reconnects: await sum(counted.runnerReconnects),
    refusals: await sum(counted.relayRefusals),
    succeeded: await changesTo(["succeeded"]),
    failed: await changesTo(["failed", "expired"]),
    delivered: await attempts("delivered"),
    deliveryRetries: await attempts("retry"),
    deliveryFailures: await attempts("failed"),
    ...{ queued, leased, accepted, running, oldestOnline, oldestOffline },
    latencies: Object.fromEntries(entries) as Sample["latencies"],
  };
}

type Labels = Partial<Record<string, string | number>>;

async function sum(metric: Counter<string> | Gauge<string>, matches: (labels: Labels) => boolean = () => true): Promise<number> {
  const { values } = await metric.get();
  return values.reduce((total, { labels, value }) => (matches(labels) ? total + value : total), 0);
}

/** How many fell into each bucket alone; Prometheus' own are cumulative. */
async function bucketsOf(histogram: Histogram<string>): Promise<number[]> {
  const { values } = await histogram.get();
  const upTo = (le: number | string) =>
    values.find(({ metricName, labels }) => metricName?.endsWith("_bucket") && (labels as Labels).le === le)?.value ?? 0;
  const cumulative = [...latencyBuckets.map((bound) => upTo(bound)), upTo("+Inf")];
  return cumulative.map((count, index) => count - (cumulative[index - 1] ?? 0));
}
