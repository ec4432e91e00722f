import type { IncomingMessage } from "node:http";

/**
 * Replaces X-Forwarded-For by the address of who asks, so that everything behind reads one address that the client could not
 * choose. Call it before anything else sees the request.
 * @param trustedProxies how many reverse proxies of ours stand in front; each appends the address it was called from
 */
export function stampClientAddress(request: IncomingMessage, trustedProxies: number): void {
  request.headers["x-forwarded-for"] = addressOf(request, trustedProxies);
}

/** The address of who asks, of a request that nobody has stamped. */
export function addressOf(request: IncomingMessage, trustedProxies: number): string {
  const forwarded = [request.headers["x-forwarded-for"] ?? []].flat().join(",");
  const seen = [...forwarded.split(",").map((part) => part.trim()), request.socket.remoteAddress ?? ""].filter(Boolean);
  return seen.at(-1 - trustedProxies) ?? seen[0] ?? "unknown";
}

/** The address that `stampClientAddress` left; for rate limits only. */
export function clientAddress(headers: Headers): string {
  return headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown";
}
