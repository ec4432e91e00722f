import * as z from "zod";
import { instant } from "./common.ts";

/** How far back the operator's charts go. */
export const relaySpan = z.enum(["1h", "24h", "7d"]);
export type RelaySpan = z.infer<typeof relaySpan>;
export const relayFiguresInput = z.object({ span: relaySpan.default("1h") });

/** The latencies that are measured: see docs/metrics.md. */
export const latencyName = z.enum(["queued", "accept", "start", "total", "ping"]);
export type LatencyName = z.infer<typeof latencyName>;

/** Estimated from histograms, in seconds; null when nothing was measured. */
const quantiles = z.object({ p50: z.number().nullable(), p95: z.number().nullable(), p99: z.number().nullable(), count: z.number() });

export const relayPoint = z.object({
  /** The beginning of the time that it covers. */
  at: instant,
  /** Null where no server process was there to count: a gap in the chart. */
  figures: z
    .object({
      connectedRunners: z.number(),
      queued: z.number(),
      leased: z.number(),
      accepted: z.number(),
      running: z.number(),
      /** Age of the oldest command that waits for a runner that is online, seconds. */
      oldestOnline: z.number(),
      /** And for one that is offline. */
      oldestOffline: z.number(),
      joins: z.number(),
      reconnects: z.number(),
      refusals: z.number(),
      succeeded: z.number(),
      failed: z.number(),
      delivered: z.number(),
      deliveryRetries: z.number(),
      deliveryFailures: z.number(),
      latencies: z.record(latencyName, quantiles),
    })
    .nullable(),
});
export type RelayPoint = z.infer<typeof relayPoint>;

export const relayFigures = z.object({
  span: relaySpan,
  /** How much time a point covers, seconds. */
  stepSeconds: z.number().int(),
  points: z.array(relayPoint),
  now: z.object({
    /** Server processes that were heard in the last two minutes. */
    processes: z.number().int(),
    onlineRunners: z.number().int(),
    queued: z.number().int(),
    leased: z.number().int(),
    accepted: z.number().int(),
    running: z.number().int(),
    oldestOnline: z.number(),
    oldestOffline: z.number(),
    pendingDeliveries: z.number().int(),
    emailReady: z.boolean(),
  }),
});
export type RelayFigures = z.infer<typeof relayFigures>;
