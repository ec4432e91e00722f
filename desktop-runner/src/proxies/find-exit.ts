import type { Socket } from "node:net";
import type { WebTarget } from "@deskhand/shared/schemas/host-pattern";
import { isTimeZone } from "@deskhand/shared/schemas/identity-rules";
import { parseAddress } from "@deskhand/shared/schemas/ip-address";
import { type ProxyExit, proxyExit } from "@deskhand/shared/schemas/proxy";
import { ProxyFailure } from "../policy/upstream/proxy-failure.ts";
import { fetchThrough } from "./fetch-through.ts";

/**
 * Services that tell by which address they were asked, and where that is: JSON over https. The next is asked when one gives no answer.
 * `DESKHAND_PROXY_CHECK_URL` (addresses with commas between them) replaces them; docs/proxies.md says what they have to answer.
 */
const usualServices = ["https://ipinfo.io/json", "https://ipwho.is/"];
const timeoutMs = 15_000;

export type FoundExit = { exit: ProxyExit; latencyMs: number };

export function checkServices(env: Readonly<Record<string, string | undefined>> = process.env): string[] {
  const wished = (env.DESKHAND_PROXY_CHECK_URL ?? "").split(",").map((url) => url.trim());
  const given = wished.filter((url) => /^https?:/.test(url) && URL.canParse(url));
  return given.length > 0 ? given : usualServices;
}

type Find = { services?: readonly string[]; timeoutMs?: number; signal?: AbortSignal };

/**
 * Finds out where connections lead out. All services together have the time limit.
 * @throws ProxyFailure, or what `connect` throws, of the last service that was asked; the proxy's own failures at once
 */
export async function findExit(connect: (target: WebTarget) => Promise<Socket>, options: Find = {}): Promise<FoundExit> {
  const { services = checkServices(), signal } = options;
  const until = performance.now() + (options.timeoutMs ?? timeoutMs);
  let last: unknown = new ProxyFailure("PROXY_CHECK_FAILED", "no service is set");
  for (const url of services) {
    const left = until - performance.now();
    if (left <= 0 || signal?.aborted) break;
    const begun = performance.now();
    try {
      const { status, text } = await fetchThrough(url, connect, { timeoutMs: left, signal });
      const exit = status === 200 ? readExit(text) : undefined;
      if (exit) return { exit, latencyMs: Math.round(performance.now() - begun) };
      last = new ProxyFailure("PROXY_CHECK_FAILED", `${new URL(url).hostname} answered in a way that cannot be read (${status})`);
    } catch (error) {
      last = error;
      if (error instanceof ProxyFailure && error.isProxys) break;
    }
  }
  throw last;
}

/** Understands what the common services answer: an address, and perhaps a country, a time zone and a place, under their names for them. */
export function readExit(text: string): ProxyExit | undefined {
  let data: Record<string, unknown>;
  try {
    data = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  if (typeof data !== "object" || data === null) return undefined;
  const first = (...names: string[]) => names.map((name) => data[name]).find((value) => typeof value === "string" && value !== "");
  const address = String(first("ip", "query", "address", "ip_address", "ipAddress", "origin") ?? "");
  if (!parseAddress(address)) return undefined;
  const country = String(first("country_code", "countryCode", "country") ?? "").toUpperCase();
  const zone = data.timezone ?? data.time_zone ?? data.timeZone;
  const timeZone =
    typeof zone === "object" && zone !== null ? ((zone as { id?: unknown; name?: unknown }).id ?? (zone as { name?: unknown }).name) : zone;
  return {
    address,
    country: /^[A-Z]{2}$/.test(country) ? country : null,
    timeZone: typeof timeZone === "string" && isTimeZone(timeZone) ? timeZone : null,
    place: readPlace(data),
  };
}

function readPlace({ loc, latitude, longitude, lat, lon, lng }: Record<string, unknown>): ProxyExit["place"] {
  const [north, east] = typeof loc === "string" ? loc.split(",").map(Number) : [latitude ?? lat, longitude ?? lon ?? lng];
  return proxyExit.shape.place.safeParse({ latitude: north, longitude: east }).data ?? null;
}
