import type { Gate } from "../policy/gate.ts";
import { takeWay } from "../proxies/take-way.ts";
import type { RunOrder, WorkerRunEvent } from "./messages.ts";
import type { RunLog } from "./run-log.ts";

type Run = { log: Pick<RunLog, "write">; signal: AbortSignal; send(event: WorkerRunEvent): void };
type Order = Pick<RunOrder, "proxies" | "policy" | "settings">;

/** Opens the context's way out through the profile's proxy, before its state is in the context. @returns to be called when all is over */
export async function leaveThrough(order: Order, gate: Gate, { log, signal, send }: Run): Promise<() => void> {
  if (order.proxies.length === 0) return () => {};
  gate.setPolicy(order.policy);
  return takeWay({
    candidates: order.proxies,
    settings: order.settings,
    gate,
    signal,
    tell: (news) => send({ at: Date.now(), ...news }),
    warn: (message) => log.write(null, "warn", message),
  });
}
