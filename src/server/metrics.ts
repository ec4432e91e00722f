import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

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
    commandAcceptSeconds: new Histogram({
      name: "deskhand_command_accept_seconds",
      help: "From sending a command to the runner's answer",
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
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
