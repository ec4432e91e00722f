import type { HarEntry, HarFile } from "@deskhand/shared/formats/har";
import { runnerVersion } from "../version.ts";

export type HarMaking = {
  /** `trace.network` of a Playwright trace: a line for each request, which holds a HAR entry. */
  network: string;
  mask(text: string): string;
  /** When which step began, in order; ms since the epoch. */
  steps: readonly { at: number; index: number }[];
  /** Times in which a person had the page: what they do by hand is theirs. */
  held: readonly { from: number; to: number }[];
  maxBytes: number;
};

const hidden = "•••";
/** Whoever has the value of one of these headers, cookies or parameters is let in somewhere. */
const telling = /auth|cookie|session|token|secret|passw|api-?_?key|csrf|xsrf|signature|credential/i;
const tellingParameter = /^(code|state|sig|key|pwd|pass|otp|pin|sid|jwt|ticket|nonce|assertion)$/i;
const maxUrlLength = 4_000;
const maxValueLength = 2_000;

/** Playwright's entry, as far as it is taken over. */
type Pair = { name: string; value: string };
type TracedEntry = Omit<HarEntry, "response" | "timings" | "_step"> & {
  response: HarEntry["response"];
  timings: Partial<HarEntry["timings"]>;
};

/**
 * The run's requests as a HAR 1.2, made from what its trace has recorded anyway, so that it costs the run nothing while it goes on.
 * Without bodies; cookies, authorization and whatever else lets somebody in are masked.
 */
export function makeHar({ network, mask, steps, held, maxBytes }: HarMaking): string {
  const entries = network
    .split("\n")
    .flatMap((line) => readEntry(line))
    .filter((entry) => !held.some(({ from, to }) => within(entry, from, to)))
    .toSorted((a, b) => a.startedDateTime.localeCompare(b.startedDateTime));
  const pages = new Map<string, HarFile["log"]["pages"][number]>();
  const kept: string[] = [];
  let bytes = 0;
  for (const traced of entries) {
    const text = JSON.stringify(cleanEntry(traced, mask, stepOf(traced, steps)));
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > maxBytes) break;
    kept.push(text);
    const { pageref, startedDateTime } = traced;
    if (pageref !== undefined && !pages.has(pageref)) pages.set(pageref, { startedDateTime, id: pageref, title: "", pageTimings: {} });
  }
  const missing = entries.length - kept.length;
  const log: Omit<HarFile["log"], "entries"> = {
    version: "1.2",
    creator: { name: "Deskhand", version: runnerVersion },
    pages: [...pages.values()],
    ...(missing > 0 && { comment: `The last ${missing} of ${entries.length} requests are left out: the file would be too large.` }),
  };
  return `{"log":${JSON.stringify(log).slice(0, -1)},"entries":[${kept.join(",\n")}]}}\n`;
}

function readEntry(line: string): TracedEntry[] {
  if (line === "") return [];
  try {
    const { type, snapshot } = JSON.parse(line) as { type: string; snapshot: TracedEntry };
    // what is in an address was never asked of the network
    return type === "resource-snapshot" && !snapshot.request.url.startsWith("data:") ? [snapshot] : [];
  } catch {
    return [];
  }
}

function stepOf({ startedDateTime }: TracedEntry, steps: HarMaking["steps"]): number | undefined {
  const at = Date.parse(startedDateTime);
  return steps.findLast((step) => step.at <= at)?.index;
}

function within({ startedDateTime }: TracedEntry, from: number, to: number): boolean {
  const at = Date.parse(startedDateTime);
  return at >= from && at < to;
}

function cleanEntry(entry: TracedEntry, mask: HarMaking["mask"], step: number | undefined): HarEntry {
  const { request, response, timings } = entry;
  const text = (value: string) => mask(value).slice(0, maxValueLength);
  const pairs = (list: readonly Pair[], isTelling: (name: string) => boolean) =>
    list.map(({ name, value }) => ({ name: text(name), value: isTelling(name) ? hidden : text(value) }));
  const address = (url: string) => mask(cleanUrl(url)).slice(0, maxUrlLength);
  const headers = (list: readonly Pair[]) =>
    pairs(
      // HTTP/2 writes the address among them
      list.filter(({ name }) => !name.startsWith(":")),
      (name) => telling.test(name),
    ).map(({ name, value }) => ({ name, value: /^(https?:|[/?])/i.test(value) ? address(value) : value }));
  const cookies = (list: readonly Pair[]) => pairs(list, () => true);
  return {
    ...(entry.pageref !== undefined && { pageref: entry.pageref }),
    startedDateTime: entry.startedDateTime,
    time: atLeast0(entry.time),
    request: {
      method: request.method,
      url: address(request.url),
      httpVersion: request.httpVersion,
      cookies: cookies(request.cookies),
      headers: headers(request.headers),
      queryString: pairs(request.queryString, isTellingParameter),
      headersSize: sizeOf(request.headersSize),
      bodySize: sizeOf(request.bodySize),
    },
    response: {
      status: atLeast0(response.status),
      statusText: text(response.statusText),
      httpVersion: response.httpVersion,
      cookies: cookies(response.cookies),
      headers: headers(response.headers),
      content: { size: atLeast0(response.content.size), mimeType: text(response.content.mimeType) },
      redirectURL: address(response.redirectURL),
      headersSize: sizeOf(response.headersSize),
      bodySize: sizeOf(response.bodySize),
      ...(response._transferSize !== undefined && { _transferSize: sizeOf(response._transferSize) }),
      ...(response._failureText !== undefined && { _failureText: text(response._failureText) }),
    },
    cache: {},
    timings: {
      ...timings,
      ...(!isEncrypted(request.url) && { ssl: -1 }),
      send: atLeast0(timings.send),
      wait: atLeast0(timings.wait),
      receive: atLeast0(timings.receive),
    },
    ...(entry.serverIPAddress !== undefined && { serverIPAddress: entry.serverIPAddress }),
    ...(entry._resourceType !== undefined && { _resourceType: entry._resourceType }),
    ...(step !== undefined && { _step: step }),
  };
}

/** Playwright tells a time of encryption for connections without one, too. */
function isEncrypted(url: string): boolean {
  return /^(https|wss):/i.test(url);
}

/** Without user and password, and without the values of parameters that let somebody in. */
function cleanUrl(url: string): string {
  const isRelative = /^[/?]/.test(url);
  const base = isRelative ? "http://relative" : undefined;
  if (!URL.canParse(url, base)) return url;
  const parsed = new URL(url, base);
  let isClean = parsed.username === "" && parsed.password === "";
  parsed.username = "";
  parsed.password = "";
  for (const part of ["search", "hash"] as const) {
    const parameters = new URLSearchParams(parsed[part].slice(1));
    const names = [...new Set(parameters.keys())].filter((name) => isTellingParameter(name) && parameters.get(name) !== "");
    if (names.length === 0) continue;
    isClean = false;
    for (const name of names) parameters.set(name, hidden);
    parsed[part] = parameters.toString();
  }
  // written again only where something had to be hidden: that may spell the rest of it differently
  if (isClean) return url;
  return isRelative ? `${parsed.pathname}${parsed.search}${parsed.hash}` : parsed.href;
}

function isTellingParameter(name: string): boolean {
  return telling.test(name) || tellingParameter.test(name);
}

function atLeast0(value: number | undefined): number {
  return Math.max(0, value ?? 0);
}

/** -1 for what is not known: of an answer from the browser's cache, Playwright takes headers off a body that never came. */
function sizeOf(value: number | undefined): number {
  return value !== undefined && value >= 0 ? Math.round(value) : -1;
}
