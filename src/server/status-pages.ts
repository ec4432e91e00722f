import type { IncomingMessage, ServerResponse } from "node:http";
import type { Db } from "@/server/db";
import { metricsRegistry } from "@/server/metrics";

type Parts = { db: Db; isDraining(): boolean };

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
export async function answerStatusPage({ db, isDraining }: Parts, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
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
      return send(200, await metricsRegistry.metrics(), metricsRegistry.contentType);
    default:
      return false;
  }
}
