import { keyOfCookie, LAST_EXPIRY, normalDomain, problemOfCookie, type StateCookie } from "./cookie.ts";
import { Problems, type ReadState } from "./profile-state.ts";

type Entry = Record<string, unknown>;

/**
 * Reads an array of cookies as EditThisCookie, Cookie-Editor, Puppeteer, Playwright and Selenium write them. `at` is where the array is in
 * its file.
 */
export function readCookiesJson(entries: readonly unknown[]): ReadState {
  const problems = new Problems();
  const cookies = readCookieEntries(entries, "", problems);
  if (!problems.any && cookies.length === 0) problems.add("[0]", "There is no cookie in it.");
  if (problems.any) return problems.end("cookies-json");
  return { ok: true, format: "cookies-json", state: { cookies, origins: [] } };
}

export function readCookieEntries(entries: readonly unknown[], at: string, problems: Problems): StateCookie[] {
  const cookies = new Map<string, StateCookie>();
  for (const [index, entry] of entries.entries()) {
    const where = `${at}[${index}]`;
    const read = readEntry(entry);
    if (typeof read === "object" && "field" in read) problems.add(read.field ? `${where}.${read.field}` : where, read.reason);
    else cookies.set(keyOfCookie(read), read);
  }
  return [...cookies.values()];
}

type Wrong = { field: string; reason: string };
const wrong = (field: string, reason: string): Wrong => ({ field, reason });

function readEntry(raw: unknown): StateCookie | Wrong {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return wrong("", "This is not an object.");
  const entry = raw as Entry;
  if (typeof entry.name !== "string") return wrong("name", "The name is missing or not a text.");
  if (typeof entry.value !== "string") return wrong("value", "The value is missing or not a text.");
  const domain = domainOf(entry);
  if (typeof domain === "object") return domain;
  const { path = "/" } = entry;
  if (typeof path !== "string") return wrong("path", "The path is not a text.");
  for (const field of ["secure", "httpOnly", "hostOnly", "session"]) {
    if (entry[field] !== undefined && entry[field] !== null && typeof entry[field] !== "boolean")
      return wrong(field, "This is neither true nor false.");
  }
  const expires = expiryOf(entry);
  if (typeof expires === "object") return expires;
  const secure = entry.secure === true;
  const sameSite = sameSiteOf(entry.sameSite, secure);
  if (typeof sameSite === "object") return sameSite;
  const partition = partitionOf(entry);
  if ("field" in partition) return partition as Wrong;
  const httpOnly = entry.httpOnly === true;
  const cookie: StateCookie = { name: entry.name, value: entry.value, domain, path, expires, httpOnly, secure, sameSite, ...partition };
  const problem = problemOfCookie(cookie);
  return problem === undefined ? cookie : wrong("", problem);
}

/** Puppeteer and Playwright take an address instead; extensions say beside the domain whether subdomains are meant. */
function domainOf(entry: Entry): string | Wrong {
  if (entry.domain === undefined && typeof entry.url === "string") {
    const url = URL.parse(entry.url);
    return url && /^https?:$/.test(url.protocol) ? url.hostname : wrong("url", "This is not an address.");
  }
  const host = typeof entry.domain === "string" ? normalDomain(entry.domain) : undefined;
  if (host === undefined) return wrong("domain", "The domain is missing or not a host's name.");
  if (entry.hostOnly === true && host.startsWith("."))
    return wrong("hostOnly", "This says one host only, but the dot before the domain says that subdomains are meant too.");
  if (entry.hostOnly === false && !host.startsWith(".") && !host.startsWith("[")) return `.${host}`;
  return host;
}

/** `expires` (Playwright, Puppeteer), `expirationDate` (extensions), `expiry` (Selenium): seconds, milliseconds or a date as ISO 8601. */
function expiryOf(entry: Entry): number | Wrong {
  const field = ["expires", "expirationDate", "expiry"].find((name) => entry[name] !== undefined && entry[name] !== null);
  if (entry.session === true || field === undefined) return -1;
  const value = entry[field];
  const notTime = wrong(field, "This is neither a time in seconds since 1970, nor in milliseconds, nor a date like 2030-01-31T12:00:00Z.");
  if (typeof value === "string" && /^\d{4}-\d{2}-\d{2}T/.test(value)) {
    const ms = Date.parse(value);
    return Number.isFinite(ms) ? ms / 1000 : notTime;
  }
  if (typeof value !== "number" || !Number.isFinite(value)) return notTime;
  if (value === -1) return -1;
  // after the year 9999 in seconds, before it in milliseconds: it cannot be both
  const seconds = value > LAST_EXPIRY ? value / 1000 : value;
  return seconds >= 0 && seconds <= LAST_EXPIRY ? seconds : notTime;
}

function sameSiteOf(value: unknown, secure: boolean): StateCookie["sameSite"] | Wrong {
  if (value === undefined || value === null) return "Lax";
  const text = typeof value === "string" ? value.toLowerCase() : undefined;
  switch (text) {
    case "strict":
      return "Strict";
    // what browsers take for one that does not say
    case "lax":
    case "unspecified":
    case "":
      return "Lax";
    // extensions say so of cookies that never said anything, which browsers refuse when they are not secure
    case "no_restriction":
      return secure ? "None" : "Lax";
    case "none":
      return "None";
    default:
      return wrong("sameSite", "This is none of Strict, Lax, None, no_restriction and unspecified.");
  }
}

function partitionOf(entry: Entry): Pick<StateCookie, "partitionKey" | "_crHasCrossSiteAncestor"> | Wrong {
  const key = entry.partitionKey;
  const { _crHasCrossSiteAncestor: ancestor } = entry;
  if (key === undefined || key === null || key === "") return {};
  if (typeof key === "string") return { partitionKey: key, ...(typeof ancestor === "boolean" && { _crHasCrossSiteAncestor: ancestor }) };
  // Chrome's extensions and Puppeteer
  const { topLevelSite, sourceOrigin, hasCrossSiteAncestor } = key as Entry;
  const site = topLevelSite ?? sourceOrigin;
  if (typeof site !== "string" || site === "") return wrong("partitionKey", "The site in it is missing.");
  return { partitionKey: site, ...(typeof hasCrossSiteAncestor === "boolean" && { _crHasCrossSiteAncestor: hasCrossSiteAncestor }) };
}

const extensionSameSite = { Strict: "strict", Lax: "lax", None: "no_restriction" };

/** As EditThisCookie and Cookie-Editor take it in. */
export function writeCookiesJson(cookies: readonly StateCookie[]): string {
  const entries = cookies.map(
    ({ name, value, domain, path, expires, httpOnly, secure, sameSite, partitionKey, _crHasCrossSiteAncestor }) => ({
      domain,
      ...(expires === -1 ? {} : { expirationDate: expires }),
      hostOnly: !domain.startsWith("."),
      httpOnly,
      name,
      path,
      sameSite: extensionSameSite[sameSite],
      secure,
      session: expires === -1,
      storeId: null,
      value,
      ...(partitionKey !== undefined && {
        partitionKey: {
          topLevelSite: partitionKey,
          ...(_crHasCrossSiteAncestor !== undefined && { hasCrossSiteAncestor: _crHasCrossSiteAncestor }),
        },
      }),
    }),
  );
  return `${JSON.stringify(entries, null, 2)}\n`;
}
