import { type Actor, type Context, systemClock } from "@/server/context";
import { authenticateApiKey } from "@/server/domain/api-key/authenticate-api-key";
import { authenticateSession } from "@/server/domain/session/authenticate-session";
import { serverProcess } from "@/server/process";
import { type CookieSettings, readSessionToken } from "@/server/session-cookie";

type Parts = Omit<Context, "actor" | "clock"> & { env: CookieSettings; clock?: Context["clock"] };

/**
 * Who a request comes from: an API key when it has an Authorization header, else the session that its cookie names, else nobody.
 * A header that is wrong is nobody too and does not fall back to the cookie, so that whoever comes by cookie can be told apart
 * and held to the same-origin rule.
 * @throws AppError DATABASE_UNAVAILABLE
 */
export async function authenticateRequest(headers: Headers, parts: Parts = serverProcess()): Promise<Actor> {
  const ctx: Context = { db: parts.db, logger: parts.logger, clock: parts.clock ?? systemClock, actor: { kind: "anonymous" } };
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const key = /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1];
    return (key && (await authenticateApiKey(ctx, key))) || ctx.actor;
  }
  const token = await readSessionToken(parts.env, headers.get("cookie"));
  const session = token && (await authenticateSession(ctx, token));
  return session ? { kind: "user", ...session } : ctx.actor;
}
