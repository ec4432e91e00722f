import { keyOfCookie, LAST_EXPIRY, normalDomain, problemOfCookie, type StateCookie } from "./cookie.ts";
import { Problems, type ReadState } from "./profile-state.ts";

const header = "# Netscape HTTP Cookie File";
/** curl's way to keep a mark in a format that has no place for it: the line only looks like a comment. */
const httpOnlyMark = "#HttpOnly_";

/**
 * Reads Netscape's cookies.txt: seven fields between tabs (domain, subdomains too, path, secure, expiry, name, value), a line each. The
 * format cannot say SameSite: Lax is what browsers take for a cookie without it.
 */
export function readCookiesTxt(text: string): ReadState {
  const problems = new Problems();
  const cookies = new Map<string, StateCookie>();
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const httpOnly = line.startsWith(httpOnlyMark);
    if (line.trim() === "" || (line.startsWith("#") && !httpOnly)) continue;
    const read = readLine(httpOnly ? line.slice(httpOnlyMark.length) : line, httpOnly);
    if (typeof read === "string") problems.add(`line ${index + 1}`, read);
    else cookies.set(keyOfCookie(read), read);
  }
  if (!problems.any && cookies.size === 0) problems.add("line 1", "There is no cookie in it.");
  if (problems.any) return problems.end("cookies-txt");
  return { ok: true, format: "cookies-txt", state: { cookies: [...cookies.values()], origins: [] } };
}

/** The cookie, or what is wrong with the line. */
function readLine(line: string, httpOnly: boolean): StateCookie | string {
  const fields = line.split("\t");
  // a value that is empty loses its tab where an editor trims lines
  if (fields.length === 6) fields.push("");
  if (fields.length !== 7) {
    const spaced = fields.length === 1 && line.trim().split(/\s+/).length >= 6;
    const hint = spaced ? " It has spaces instead of tabs; save it again without changing them." : "";
    return `A line has 7 fields with tabs between them, this one has ${fields.length}.${hint}`;
  }
  const [domain = "", subdomains = "", path = "", secure = "", expiry = "", name = "", value = ""] = fields;
  const host = normalDomain(domain);
  if (host === undefined) return "The first field is not a host's name.";
  const withSubdomains = flag(subdomains);
  if (withSubdomains === undefined) return "The second field (subdomains too) is neither TRUE nor FALSE.";
  if (!withSubdomains && host.startsWith("."))
    return "The second field says FALSE, but the dot before the domain says that subdomains are meant too.";
  const isSecure = flag(secure);
  if (isSecure === undefined) return "The fourth field (secure) is neither TRUE nor FALSE.";
  if (!/^-?\d{1,16}(\.\d+)?$/.test(expiry)) return "The fifth field (expiry) is not a number.";
  const seconds = Math.floor(Number(expiry));
  if (seconds > LAST_EXPIRY) return "The fifth field (expiry) is not in seconds since 1970; milliseconds are not possible here.";
  const cookie: StateCookie = {
    name,
    value,
    domain: withSubdomains && !host.startsWith(".") && !host.startsWith("[") ? `.${host}` : host,
    path,
    expires: seconds <= 0 ? -1 : seconds,
    httpOnly,
    secure: isSecure,
    sameSite: "Lax",
  };
  return problemOfCookie(cookie) ?? cookie;
}

function flag(text: string): boolean | undefined {
  const upper = text.toUpperCase();
  return upper === "TRUE" ? true : upper === "FALSE" ? false : undefined;
}

/** As curl, wget and yt-dlp read it. SameSite and the site that a cookie is kept apart for have no place in it. */
export function writeCookiesTxt(cookies: readonly StateCookie[]): string {
  const lines = cookies.map(({ name, value, domain, path, expires, httpOnly, secure }) => {
    const seconds = expires === -1 ? 0 : Math.max(1, Math.floor(expires));
    const bool = (is: boolean) => (is ? "TRUE" : "FALSE");
    return (httpOnly ? httpOnlyMark : "") + [domain, bool(domain.startsWith(".")), path, bool(secure), seconds, name, value].join("\t");
  });
  return `${[header, ...lines].join("\n")}\n`;
}
