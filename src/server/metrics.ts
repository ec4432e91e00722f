import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Upper bounds in seconds: from what a person does not notice to the day after which a command that was not taken expires. */
export const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];

type Metrics = ReturnType<typeof createMetrics>;

function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    connectedRunners: new Gauge({ name: "deskhand_connected_runners", help: "Runners that hold a connection to this process", registers }),
    commandChanges: new Counter({
      name: "deskhand_command_changes_total",
      help: "Changes of state of commands",
      labelNames: ["from", "to"],
      registers,
    }),
    commandQueuedSeconds: new Histogram({
      name: "deskhand_command_queued_seconds",
      help: "From asking for a command to sending it for the first time",
      buckets: latencyBuckets,
      registers,
    }),
    commandAcceptSeconds: new Histogram({
      name: "deskhand_command_accept_seconds",
      help: "From sending a command to the runner's answer",
      buckets: latencyBuckets,
      registers,
    }),
    commandStartSeconds: new Histogram({
      name: "deskhand_command_start_seconds",
      help: "From the runner's taking a run to its beginning, by the runner's corrected clock",
      buckets: latencyBuckets,
      registers,
    }),
    commandTotalSeconds: new Histogram({
      name: "deskhand_command_total_seconds",
      help: "From asking for a command to its end, however it ended",
      buckets: latencyBuckets,
      registers,
    }),
    runnerPingSeconds: new Histogram({
      name: "deskhand_runner_ping_seconds",
      help: "From the transport's ping to the runner's answer",
      buckets: latencyBuckets,
      registers,
    }),
    runnerJoins: new Counter({ name: "deskhand_runner_joins_total", help: "Connections of runners that were let in", registers }),
    runnerReconnects: new Counter({
      name: "deskhand_runner_reconnects_total",
      help: "Runners that came back, by why they had left",
      labelNames: ["reason"],
      registers,
    }),
    onlineRunners: new Gauge({
      name: "deskhand_online_runners",
      help: "Runners that are online at any process, from the database",
      registers,
    }),
    commands: new Gauge({
      name: "deskhand_commands",
      help: "Commands that are not over by state, from the database; at most 100,000 are counted",
      labelNames: ["state"],
      registers,
    }),
    oldestQueued: new Gauge({
      name: "deskhand_oldest_queued_seconds",
      help: "Age of the oldest command that was never sent, by whether its runner is online, from the database",
      labelNames: ["runner"],
      registers,
    }),
    pendingDeliveries: new Gauge({ name: "deskhand_pending_deliveries", help: "Alerts on their way, from the database", registers }),
    databaseUp: new Gauge({ name: "deskhand_database_up", help: "1 when the database answered this scrape", registers }),
    deliveryAttempts: new Counter({
      name: "deskhand_delivery_attempts_total",
      help: "Attempts to deliver an alert; retry: it is tried again, failed: it was given up",
      labelNames: ["channel", "outcome"],
      registers,
    }),
    runEventsApplied: new Counter({ name: "deskhand_run_events_applied_total", help: "Run events stored", registers }),
    framesForwarded: new Counter({ name: "deskhand_frames_forwarded_total", help: "Live frames passed on to viewers", registers }),
    relayRefusals: new Counter({
      name: "deskhand_relay_refusals_total",
      help: "Messages and connections that the relay refused",
      labelNames: ["code"],
      registers,
    }),
  };
}

const key = Symbol.for("deskhand.metrics");
const holder = globalThis as { [key]?: Metrics };

/** The process's metrics, Prometheus' kind. On `globalThis` because `main.ts` and Next are two module graphs in one process. */
export function metrics(): Metrics {
  holder[key] ??= createMetrics();
  return holder[key];
}

/** What `/metrics` prints. */
export const metricsRegistry: Registry = metrics().registry;
