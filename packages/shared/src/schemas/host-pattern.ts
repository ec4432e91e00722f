import * as z from "zod";
import { type IpAddress, type IpRange, isInRange, parseAddress, parseRange, sizeOf } from "./ip-address.ts";

export type WebScheme = "http" | "https";

/** Where a connection goes. `ws` counts as `http`, `wss` as `https`. */
export type WebTarget = { scheme: WebScheme /** As {@link canonicalHost} gives it. */; host: string; port: number };

/**
 * Which hosts a rule is about: `example.com` that name alone, `*.example.com` the names below it, `*` every host, an address, or a range
 * of addresses (`10.0.0.0/8`); each with a scheme before it and a port behind it where they matter.
 */
export type HostPattern = {
  /** The canonical spelling: two patterns with the same text are the same. */
  text: string;
  scheme: WebScheme | null;
  port: number | null;
  host: { kind: "any" } | { kind: "name"; name: string } | { kind: "below"; name: string } | { kind: "range"; range: IpRange };
};

type Parsed = { ok: true; pattern: HostPattern } | { ok: false; message: string };

const maxLength = 300;
const schemes: Record<string, WebScheme> = { http: "http", ws: "http", https: "https", wss: "https" };

/** The host as browsers spell it: lower case, international names in ASCII, addresses in full, no dot at the end. Undefined when it is none. */
export function canonicalHost(text: string): string | undefined {
  const bare = text.includes(":") && !text.startsWith("[") ? `[${text}]` : text;
  if (bare === "" || /[/\\?#@\s*]/.test(bare)) return undefined;
  const host = URL.parse(`http://${bare}/`)?.hostname.replace(/^\[|\]$|\.$/g, "");
  return host === "" ? undefined : host;
}

/** Reads a pattern as a person types it. The message says what is wrong with it. */
export function parseHostPattern(text: string): Parsed {
  const typed = text.trim();
  const wrong = (message: string): Parsed => ({ ok: false, message });
  if (typed === "") return wrong("A host is missing, like example.com.");
  if (typed.length > maxLength) return wrong(`A host has at most ${maxLength} characters.`);
  const withScheme = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(typed);
  const scheme = withScheme ? schemes[(withScheme[1] ?? "").toLowerCase()] : null;
  if (scheme === undefined) return wrong(`"${withScheme?.[1]}" is not http, https, ws or wss.`);
  const rest = (withScheme?.[2] ?? typed).replace(/\/$/, "");
  const range = parseRange(rest);
  if (range) return finish(scheme, { kind: "range", range }, null);
  if (/[/?#]/.test(rest)) return wrong(`"${typed}" names a page; a rule is for a whole host, like example.com.`);
  // an IPv6 address without brackets is all colons: then there is no port
  const withPort = /^(.*?):(\d{1,5})$/.exec(rest);
  const splits = withPort !== null && (!withPort[1]?.includes(":") || withPort[1].endsWith("]"));
  const port = splits ? Number(withPort[2]) : null;
  if (port !== null && (port < 1 || port > 65_535)) return wrong(`${port} is not a port: 1 to 65535.`);
  const host = splits ? (withPort[1] ?? "") : rest;
  if (host === "*") return finish(scheme, { kind: "any" }, port);
  const below = host.startsWith("*.");
  const name = canonicalHost(below ? host.slice(2) : host);
  if (name === undefined) return wrong(`"${typed}" is not a host: give one like example.com, *.example.com, 192.168.1.10 or 10.0.0.0/8.`);
  const address = parseAddress(name);
  if (!address) return finish(scheme, { kind: below ? "below" : "name", name }, port);
  if (below) return wrong(`"${typed}": an address has no names below it. Give a range like 10.0.0.0/8.`);
  return finish(scheme, { kind: "range", range: { address, bits: sizeOf(address) } }, port, name);
}

/** Is the rule about this target? An address that a name leads to is asked about with {@link coversAddress}. */
export function matchesHost(pattern: HostPattern, target: WebTarget): boolean {
  if (!fits(pattern, target)) return false;
  switch (pattern.host.kind) {
    case "any":
      return true;
    case "name":
      return pattern.host.name === target.host;
    case "below":
      return target.host.endsWith(`.${pattern.host.name}`);
    case "range": {
      const address = parseAddress(target.host);
      return address !== undefined && isInRange(address, pattern.host.range);
    }
  }
}

/** Does the rule name this address or its range? */
export function coversAddress(pattern: HostPattern, target: WebTarget, address: IpAddress): boolean {
  return pattern.host.kind === "range" && fits(pattern, target) && isInRange(address, pattern.host.range);
}

/** The larger, the fewer hosts the pattern is about. */
export function specificity({ host, scheme, port }: HostPattern): number {
  const extras = (port === null ? 0 : 2) + (scheme === null ? 0 : 1);
  switch (host.kind) {
    case "any":
      return extras;
    case "below":
      return 1_000 + 4 * host.name.length + extras;
    case "range":
      return 3_000 + 4 * (host.range.bits + (host.range.address.family === 4 ? 96 : 0)) + extras;
    case "name":
      return 5_000 + extras;
  }
}

/** A pattern in its canonical spelling. */
export const hostPattern = z.string().transform((text, ctx) => {
  const parsed = parseHostPattern(text);
  if (parsed.ok) return parsed.pattern.text;
  ctx.addIssue({ code: "custom", message: parsed.message });
  return z.NEVER;
});

function fits({ scheme, port }: HostPattern, target: WebTarget): boolean {
  return (scheme === null || scheme === target.scheme) && (port === null || port === target.port);
}

function finish(scheme: WebScheme | null, host: HostPattern["host"], port: number | null, address?: string): Parsed {
  const name = address === undefined ? spell(host) : port !== null && address.includes(":") ? `[${address}]` : address;
  const text = `${scheme === null ? "" : `${scheme}://`}${name}${port === null ? "" : `:${port}`}`;
  return { ok: true, pattern: { text, scheme, port, host } };
}

function spell(host: HostPattern["host"]): string {
  switch (host.kind) {
    case "any":
      return "*";
    case "name":
      return host.name;
    case "below":
      return `*.${host.name}`;
    case "range":
      return `${spellAddress(host.range.address)}/${host.range.bits}`;
  }
}

function spellAddress({ family, value }: IpAddress): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  return (URL.parse(`http://[${groups.join(":")}]/`)?.hostname ?? "").replace(/^\[|\]$/g, "");
}
