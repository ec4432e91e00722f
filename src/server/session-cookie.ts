import { decode, encode } from "next-auth/jwt";

/** The settings that the session's cookie depends on. */
export type CookieSettings = { PUBLIC_URL: string; AUTH_SECRET: string };

/**
 * How long browsers keep the cookie, in seconds: the longest they allow. When a session ends is decided by its row (30 days after
 * its last use), so the cookie must only not end sooner.
 */
export const COOKIE_SECONDS = 400 * 24 * 60 * 60;

export function usesSecureCookies(settings: Pick<CookieSettings, "PUBLIC_URL">): boolean {
  return settings.PUBLIC_URL.startsWith("https://");
}

export function sessionCookieName(settings: Pick<CookieSettings, "PUBLIC_URL">): string {
  return `${usesSecureCookies(settings) ? "__Secure-" : ""}next-auth.session-token`;
}

/** The cookie's value: next-auth's encrypted token with nothing in it but the session's own token. */
export function encodeSessionToken(settings: CookieSettings, sessionToken: string): Promise<string> {
  return encode({ token: { sessionToken }, secret: settings.AUTH_SECRET, maxAge: COOKIE_SECONDS });
}

/** The session's token that a request carries; undefined without one, or when it was made with another secret. */
export async function readSessionToken(settings: CookieSettings, cookieHeader: string | null): Promise<string | undefined> {
  const value = cookieValue(cookieHeader ?? "", sessionCookieName(settings));
  if (!value) return undefined;
  try {
    const token = await decode({ token: value, secret: settings.AUTH_SECRET });
    return typeof token?.sessionToken === "string" ? token.sessionToken : undefined;
  } catch {
    return undefined;
  }
}

function cookieValue(header: string, name: string): string | undefined {
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    // the value is base64url with dots, so it never needs decoding
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return undefined;
}
