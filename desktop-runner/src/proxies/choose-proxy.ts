import { createHash } from "node:crypto";
import type { PoolOrder } from "@deskhand/shared/schemas/proxy";

type Choice = {
  profileId: string;
  runId: string;
  /** How many runs the pool has served. */
  turn: number;
  /** Until when a proxy is left alone, milliseconds since the epoch; 0 when it is not. */
  coolingUntil(proxyId: string): number;
  now: number;
  random(): number;
};

/**
 * The proxies of the pool that a run is to try, in this order: all of them with failover, one otherwise. One that cools down is chosen
 * only when all do, and then the one whose time is over first.
 */
export function chooseProxies({ strategy, proxyIds }: PoolOrder, choice: Choice): string[] {
  const { coolingUntil, now } = choice;
  const cooling = proxyIds.filter((id) => coolingUntil(id) > now).sort((a, b) => coolingUntil(a) - coolingUntil(b));
  const ready = proxyIds.filter((id) => coolingUntil(id) <= now);
  if (strategy === "failover") return [...ready, ...cooling];
  if (ready.length === 0) return cooling.slice(0, 1);
  switch (strategy) {
    case "round-robin":
      return [nextReady(proxyIds, choice)];
    case "random":
      return ready.slice(Math.floor(choice.random() * ready.length)).slice(0, 1);
    case "sticky-profile":
      return nearest(ready, choice.profileId);
    case "sticky-run":
      return nearest(ready, choice.runId);
  }
}

/** The next in the row, so that one that cools down does not shift the others' turns. */
function nextReady(proxyIds: readonly string[], { turn, coolingUntil, now }: Choice): string {
  const row = proxyIds.map((_, index) => proxyIds[(turn + index) % proxyIds.length] ?? "");
  return row.find((id) => coolingUntil(id) <= now) ?? row[0] ?? "";
}

/** Rendezvous hashing: the same key keeps its proxy when others come and go, and nothing has to be remembered. */
function nearest(proxyIds: readonly string[], key: string): string[] {
  const weight = (id: string) => createHash("sha256").update(`${key} ${id}`).digest("hex");
  return [...proxyIds].sort((a, b) => (weight(a) < weight(b) ? -1 : 1)).slice(0, 1);
}
