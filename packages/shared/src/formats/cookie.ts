/** A cookie as Playwright's storage state has it. `expires` in seconds since the epoch, -1 for one that ends with the session. */
export type StateCookie = {
  name: string;
  value: string;
  /** With a dot before it when subdomains are sent it too. */
  domain: string;
  path: string;
  expires: number;
  httpOnly: boolean;
  secure: boolean;
  sameSite: "Strict" | "Lax" | "None";
  /** The site that it is kept apart for (CHIPS). */
  partitionKey?: string;
  _crHasCrossSiteAncestor?: boolean;
};

/** Chromium takes no cookie whose name and value are longer together, bytes (RFC 6265bis, section 5.6). */
const maxPairBytes = 4096;
const maxAttributeBytes = 1024;
/** The year 9999: what Playwright takes at most, seconds. */
export const LAST_EXPIRY = 253_402_300_799;

/** Why a browser would not take this cookie; undefined when it would. Says nothing of what is in it. */
export function problemOfCookie(cookie: StateCookie): string | undefined {
  const { name, value, domain, path, expires, secure } = cookie;
  if (name === "" && value === "") return "Name and value are both empty.";
  if (hasControls(name) || /[;=]/.test(name))
    return 'The name holds a character that names may not have (";", "=" or a control character).';
  if (name !== name.trim()) return "The name begins or ends with a space.";
  if (hasControls(value) || value.includes(";"))
    return 'The value holds a character that values may not have (";" or a control character).';
  if (value !== value.trim()) return "The value begins or ends with a space.";
  if (bytesOf(name) + bytesOf(value) > maxPairBytes) return "Name and value are longer than 4,096 bytes together.";
  if (!isDomain(domain)) return "The domain is not a host's name.";
  if (!path.startsWith("/")) return 'The path does not begin with "/".';
  if (hasControls(path) || path.includes(";")) return 'The path holds a character that paths may not have (";" or a control character).';
  if (bytesOf(path) > maxAttributeBytes) return "The path is longer than 1,024 bytes.";
  if (expires !== -1 && !(expires >= 0 && expires <= LAST_EXPIRY)) return "The expiry is not a time in seconds since 1970.";
  const lower = name.toLowerCase();
  if (lower.startsWith("__secure-") && !secure) return "A name that begins with __Secure- needs a cookie that is secure.";
  if (lower.startsWith("__host-") && (!secure || path !== "/" || domain.startsWith("."))) {
    return 'A name that begins with __Host- needs a cookie that is secure, for one host only, with the path "/".';
  }
  if (cookie.sameSite === "None" && !secure) return "A cookie with SameSite None has to be secure.";
  return undefined;
}

/** Two cookies with the same key are one: the later replaces the earlier. */
export function keyOfCookie({ name, domain, path, partitionKey }: StateCookie): string {
  return JSON.stringify([name, domain, path, partitionKey ?? null]);
}

/** The host as browsers write it: lower case, other scripts as punycode. Undefined for what is none. */
export function normalDomain(text: string): string | undefined {
  const dot = text.startsWith(".") ? "." : "";
  const host = text.slice(dot.length);
  if (host === "" || /[\s/\\?#@]|:\d*$/.test(host)) return undefined;
  const bracketed = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  const known = URL.parse(`http://${bracketed}/`)?.hostname;
  if (!known) return undefined;
  const domain = dot + known;
  return isDomain(domain) ? domain : undefined;
}

function isDomain(domain: string): boolean {
  const host = domain.replace(/^\./, "");
  if (/^\[[0-9a-f:.]+\]$/.test(host)) return !domain.startsWith(".");
  return host.length <= 253 && /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(host);
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
