import { metrics } from "@/server/metrics";
import type { Connection } from "./connections.ts";

/** Why a runner left; `unknown` when another process saw it leave, or none did. */
const reasons = [
  "stopped",
  "transport_close",
  "transport_error",
  "ping_timeout",
  "client_namespace_disconnect",
  "server_namespace_disconnect",
  "forced_close",
  "unknown",
] as const;
export type DepartureReason = (typeof reasons)[number];

/** Runners whose leaving is remembered; the oldest is forgotten first. */
const REMEMBERED = 10_000;

/** Remembers why runners left, so that each that comes back is counted by it. Only for the counter: nothing is decided from it. */
export function createDepartures() {
  const byRunner = new Map<string, DepartureReason>();
  return {
    /** @param words socket.io's own, such as "transport close" */
    note({ runnerId, saidGoodbye }: Connection, words: string | undefined): DepartureReason {
      const named = words?.replaceAll(" ", "_");
      const reason = saidGoodbye ? "stopped" : (reasons.find((one) => one === named) ?? "unknown");
      byRunner.delete(runnerId);
      byRunner.set(runnerId, reason);
      const [oldest] = byRunner.keys();
      if (byRunner.size > REMEMBERED && oldest !== undefined) byRunner.delete(oldest);
      return reason;
    },
    /** The runner was let in. @param before what the database knows of its last connection */
    settle(runnerId: string, before: "never" | "stopped" | "left"): void {
      const counted = metrics();
      counted.runnerJoins.inc();
      const seen = byRunner.get(runnerId);
      byRunner.delete(runnerId);
      if (before !== "never") counted.runnerReconnects.inc({ reason: before === "stopped" ? "stopped" : (seen ?? "unknown") });
    },
  };
}
