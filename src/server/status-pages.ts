import type { IncomingMessage, ServerResponse } from "node:http";
import type { Db } from "@/server/db";
import type { QueueState } from "@/server/domain/sample/queue-state";
import { metrics, metricsRegistry } from "@/server/metrics";

type Parts = { db: Db; isDraining(): boolean; readQueue(): Promise<QueueState> };

function isLocal(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? "";
  const direct = !request.headers["x-forwarded-for"] && !request.headers.forwarded;
  return direct && (address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127."));
}

/**
 * `/healthz` (the process answers), `/readyz` (it can serve: database reachable, not draining), `/metrics` (Prometheus, to callers on
 * this machine only).
 * @returns false when the path is none of these
 */
export async function answerStatusPage(
  { db, isDraining, readQueue }: Parts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const path = request.url?.split("?")[0];
  const send = (status: number, body: string, contentType = "text/plain; charset=utf-8") => {
    response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" }).end(body);
    return true;
  };
  switch (path) {
    case "/healthz":
      return send(200, "ok\n");
    case "/readyz":
      if (isDraining()) return send(503, "draining\n");
      return db.$queryRaw`select 1`.then(
        () => send(200, "ready\n"),
        () => send(503, "database unavailable\n"),
      );
    case "/metrics":
      if (!isLocal(request)) return send(404, "not found\n");
      await tellQueue(readQueue);
      return send(200, await metricsRegistry.metrics(), metricsRegistry.contentType);
    default:
      return false;
  }
}

/** What the database says, on every process the same. Left out while it says nothing: yesterday's numbers would mislead. */
async function tellQueue(readQueue: Parts["readQueue"]): Promise<void> {
  const { commands, oldestQueued, onlineRunners, pendingDeliveries, databaseUp } = metrics();
  for (const gauge of [commands, oldestQueued, onlineRunners, pendingDeliveries]) gauge.reset();
  try {
    const queue = await readQueue();
    for (const state of ["queued", "leased", "accepted", "running"] as const) commands.set({ state }, queue[state]);
    oldestQueued.set({ runner: "online" }, queue.oldestOnline);
    oldestQueued.set({ runner: "offline" }, queue.oldestOffline);
    onlineRunners.set(queue.onlineRunners);
    pendingDeliveries.set(queue.pendingDeliveries);
    databaseUp.set(1);
  } catch {
    for (const gauge of [onlineRunners, pendingDeliveries]) gauge.remove();
    databaseUp.set(0);
  }
}
