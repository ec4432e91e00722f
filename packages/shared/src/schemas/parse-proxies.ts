import { canonicalHost } from "./host-pattern.ts";
import { parseAddress } from "./ip-address.ts";
import type { ProxyScheme } from "./proxy.ts";

/** A proxy as it was pasted, with its secrets in clear. */
export type PastedProxy = {
  name: string | null;
  scheme: ProxyScheme;
  host: string;
  port: number;
  username: string | null;
  password: string | null;
  changeUrl: string | null;
};

export type ProxyLine = {
  /** Counted from 1. */
  line: number;
} & (
  | { kind: "parsed"; proxy: PastedProxy }
  /** More than one way to read it holds: a person has to say which is meant. */
  | { kind: "ambiguous"; candidates: PastedProxy[] }
  | { kind: "invalid"; reason: string }
);

type Reading = Omit<PastedProxy, "scheme" | "name" | "changeUrl">;
type Columns = ("name" | "scheme" | "host" | "port" | "username" | "password" | "changeUrl" | null)[];

const schemes: Record<string, ProxyScheme> = {
  http: "http",
  https: "https",
  socks: "socks5",
  socks4: "socks4",
  socks4a: "socks4",
  socks5: "socks5",
  socks5h: "socks5",
};
const columnNames: Record<string, Exclude<Columns[number], null>> = {
  name: "name",
  label: "name",
  scheme: "scheme",
  type: "scheme",
  protocol: "scheme",
  host: "host",
  hostname: "host",
  ip: "host",
  address: "host",
  server: "host",
  port: "port",
  username: "username",
  user: "username",
  login: "username",
  password: "password",
  pass: "password",
  change_url: "changeUrl",
  changeurl: "changeUrl",
};

/**
 * Reads what was pasted, a proxy a line, or JSON: `host:port`, `host:port:user:pass`, `user:pass:host:port`, `user:pass@host:port` and the
 * other way round, each with a scheme before it and `[https://…]` (an address that changes the exit) behind it; the same parts with tabs,
 * commas, semicolons, bars or spaces between, with a line of column names before them. Empty lines and lines that begin with # or // are
 * passed over. Where two readings hold, neither is chosen.
 */
export function parseProxies(text: string, schemeWithout: ProxyScheme = "http"): ProxyLine[] {
  const trimmed = text.trim();
  // an IPv6 address in brackets begins a line too
  if (/^\[\s*(\{|\]|")|^\{/.test(trimmed)) return parseJson(trimmed, schemeWithout);
  let columns: Columns | undefined;
  return text.split(/\r\n?|\n/).flatMap((raw, index): ProxyLine[] => {
    const line = index + 1;
    const content = raw.replace(/^\uFEFF/, "").trim();
    if (content === "" || content.startsWith("#") || content.startsWith("//")) return [];
    const header = columns ? undefined : readHeader(content);
    if (header) {
      columns = header;
      return [];
    }
    return [{ line, ...(columns ? readRow(content, columns, schemeWithout) : readLine(content, schemeWithout)) } as ProxyLine];
  });
}

type Read = { kind: "parsed"; proxy: PastedProxy } | { kind: "ambiguous"; candidates: PastedProxy[] } | { kind: "invalid"; reason: string };

function readLine(content: string, schemeWithout: ProxyScheme): Read {
  const withChange = /^(.*?)\s*\[(https?:\/\/[^\]\s]+)\]$/.exec(content);
  const rest = withChange?.[1] ?? content;
  const changeUrl = withChange?.[2] ?? null;
  const withScheme = /^([a-z][a-z0-9]*):\/\/(.+?)\/?$/i.exec(rest);
  const scheme = withScheme ? schemes[(withScheme[1] ?? "").toLowerCase()] : schemeWithout;
  if (!scheme) return invalid(`“${withScheme?.[1]}” is not http, https, socks4 or socks5.`);
  const body = withScheme?.[2] ?? rest;
  const finish = (reading: Reading, own = scheme): PastedProxy => ({ name: null, scheme: own, ...reading, changeUrl });

  // a password may have a comma in it: only what cannot be read as it stands is taken apart
  const whole = readingsOf(body, withScheme !== null).map((reading) => finish(reading));
  const pieces = splitColumns(body);
  if (whole.length > 0 || pieces.length === 1) return conclude(whole, body);
  const own = schemes[(pieces[0] ?? "").toLowerCase()];
  const values = own ? pieces.slice(1) : pieces;
  // "host:port user:pass" is the same as with @, and plain columns the same as with colons
  const joined = values.length === 2 && values.every((value) => value.includes(":")) ? values.join("@") : values.join(":");
  const readings = readingsOf(joined, false).map((reading) => finish(reading, own ?? scheme));
  return conclude(readings, joined);
}

function readingsOf(body: string, isUrl: boolean): Reading[] {
  const at = body.lastIndexOf("@");
  if (at < 0) return readingsOfColons(body);
  const decode = isUrl ? decoded : (text: string) => text;
  const [left, right] = [body.slice(0, at), body.slice(at + 1)];
  const readings: Reading[] = [];
  const usual = readEndpoint(right);
  const credentials = readCredentials(left);
  if (usual && credentials) {
    const { username, password } = credentials;
    readings.push({ ...usual, username: decode(username), password: password === null ? null : decode(password) });
  }
  const turned = readEndpoint(left);
  const behind = readCredentials(right);
  if (turned && behind) readings.push({ ...turned, ...behind });
  // a URL says which is which
  return isUrl && usual && credentials ? readings.slice(0, 1) : likeliest(readings);
}

function readingsOfColons(body: string): Reading[] {
  const parts = splitColons(body);
  if (!parts) return [];
  const alone = parts.length === 2 ? readEndpoint(body) : undefined;
  if (alone) return [{ ...alone, username: null, password: null }];
  if (parts.length < 4) return [];
  const readings: Reading[] = [];
  const first = readEndpoint(`${parts[0]}:${parts[1]}`);
  if (first && parts[2]) readings.push({ ...first, username: parts[2], password: parts.slice(3).join(":") });
  const last = readEndpoint(parts.slice(-2).join(":"));
  if (last && parts[0]) readings.push({ ...last, username: parts[0], password: parts.slice(1, -2).join(":") });
  return likeliest(readings);
}

/** A name without a dot is a host only when nothing else of the line can be one. */
function likeliest(readings: Reading[]): Reading[] {
  const plausible = readings.filter(({ host }) => host.includes(".") || host.includes(":") || host === "localhost");
  return plausible.length > 0 ? plausible : readings;
}

function conclude(candidates: PastedProxy[], body: string): Read {
  const [proxy, other] = candidates;
  if (proxy && other) return { kind: "ambiguous", candidates };
  return proxy ? { kind: "parsed", proxy } : invalid(reasonFor(body));
}

function reasonFor(body: string): string {
  if (!body.includes("[") && (body.match(/:/g)?.length ?? 0) > 1 && /^[\da-f:]+$/i.test(body) && parseAddress(body)) {
    return "An IPv6 address stands in brackets: [2001:db8::1]:8080.";
  }
  const parts = splitColons(body.slice(body.lastIndexOf("@") + 1));
  if (!parts) return "A bracket is missing: an IPv6 address stands in brackets, like [2001:db8::1]:8080.";
  if (parts.length === 1) return "The port is missing, like host:8080.";
  if (parts.length === 2) return portOf(parts[1] ?? "") ? "The host is not one." : "The port is not one: 1 to 65535.";
  if (parts.length === 3)
    return "There are three parts, and a user name needs a password: host:port:user:password (with nothing behind the last colon for none).";
  return "No host with a port is in it: write host:port:user:password or user:password@host:port.";
}

/** Splits at colons, but not inside of brackets. */
function splitColons(text: string): string[] | undefined {
  const parts = text.match(/\[[^\]]*\]|[^:[\]]+|:/g);
  if (!parts || parts.join("") !== text) return undefined;
  const split: string[] = [""];
  for (const part of parts) {
    if (part === ":") split.push("");
    else split[split.length - 1] += part;
  }
  return split;
}

function splitColumns(text: string): string[] {
  for (const separator of [/\t+/, /\s*;\s*/, /\s*,\s*/, /\s*\|\s*/, /\s+/]) {
    const pieces = text.split(separator).map((piece) => piece.trim().replace(/^"(.*)"$/, "$1"));
    if (pieces.length > 1) return pieces;
  }
  return [text];
}

function readEndpoint(text: string): { host: string; port: number } | undefined {
  const parts = splitColons(text);
  if (parts?.length !== 2) return undefined;
  const [written = "", portText = ""] = parts;
  const bare = /^\[(.*)\]$/.exec(written)?.[1] ?? written;
  const port = portOf(portText);
  const host = canonicalHost(bare);
  // the URL parser takes 1.2 and 0x7f for addresses: nobody writes a proxy so, but passwords look so
  const isNumber = /^[\d.]+$/.test(bare) || /^0x/i.test(bare);
  if (host === undefined || port === undefined || (isNumber && host !== bare)) return undefined;
  return { host, port };
}

function readCredentials(text: string): { username: string; password: string | null } | undefined {
  if (text === "") return undefined;
  const colon = text.indexOf(":");
  if (colon === 0) return undefined;
  return colon < 0 ? { username: text, password: null } : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function portOf(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function readHeader(content: string): Columns | undefined {
  const columns = splitColumns(content).map((word) => columnNames[word.toLowerCase()] ?? null);
  return columns.includes("host") && columns.includes("port") ? columns : undefined;
}

function readRow(content: string, columns: Columns, schemeWithout: ProxyScheme): Read {
  const separator = content.includes("\t") ? "\t" : content.includes(";") ? ";" : ",";
  const values = content.split(separator).map((value) => value.trim().replace(/^"(.*)"$/, "$1"));
  return readFields(Object.fromEntries(columns.flatMap((column, index) => (column ? [[column, values[index] ?? ""]] : []))), schemeWithout);
}

function readFields(fields: Record<string, unknown>, schemeWithout: ProxyScheme): Read {
  const text = (key: string) => (fields[key] === undefined || fields[key] === null ? "" : String(fields[key]));
  const scheme = text("scheme") === "" ? schemeWithout : schemes[text("scheme").toLowerCase()];
  if (!scheme) return invalid(`“${text("scheme")}” is not http, https, socks4 or socks5.`);
  const host = canonicalHost(text("host").replace(/^\[|\]$/g, ""));
  if (host === undefined) return invalid("The host is not one.");
  const port = portOf(text("port"));
  if (port === undefined) return invalid("The port is not one: 1 to 65535.");
  const orNull = (key: string) => (text(key) === "" ? null : text(key));
  const proxy = { name: orNull("name"), scheme, host, port, username: orNull("username"), password: orNull("password") };
  return { kind: "parsed", proxy: { ...proxy, changeUrl: orNull("changeUrl") } };
}

function parseJson(text: string, schemeWithout: ProxyScheme): ProxyLine[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return [{ line: 1, ...invalid("It begins like JSON, but cannot be read as that.") }];
  }
  const inside = (data as { proxies?: unknown } | null)?.proxies ?? data;
  const list = Array.isArray(inside) ? inside : [inside];
  return list.map((item: unknown, index): ProxyLine => {
    const line = index + 1;
    if (typeof item === "string") return { line, ...readLine(item.trim(), schemeWithout) };
    if (typeof item !== "object" || item === null) return { line, ...invalid("It is neither a text nor an object.") };
    const fields = Object.entries(item).map(([key, value]) => [columnNames[key.toLowerCase()] ?? key, value]);
    return { line, ...readFields(Object.fromEntries(fields), schemeWithout) };
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(reason: string): { kind: "invalid"; reason: string } {
  return { kind: "invalid", reason };
}
