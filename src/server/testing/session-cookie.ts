import { type CookieSettings, encodeSessionToken, sessionCookieName, usesSecureCookies } from "@/server/session-cookie";

/**
 * The cookie that a browser would have after signing in, for a session made with `createSession`. The settings must be those of
 * the server under test; by default the environment's.
 */
export async function sessionCookieFor(token: string, settings: CookieSettings = fromEnvironment()) {
  return {
    name: sessionCookieName(settings),
    value: await encodeSessionToken(settings, token),
    url: settings.PUBLIC_URL,
    httpOnly: true,
    sameSite: "Lax" as const,
    secure: usesSecureCookies(settings),
  };
}

function fromEnvironment(): CookieSettings {
  const { AUTH_SECRET, PUBLIC_URL, PORT } = process.env;
  if (!AUTH_SECRET) throw new Error("AUTH_SECRET is not set: pass the settings of the server under test.");
  return { AUTH_SECRET, PUBLIC_URL: PUBLIC_URL ?? `http://localhost:${PORT ?? 3000}` };
}
