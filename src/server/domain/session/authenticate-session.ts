import type { Context } from "@/server/context";
import { hashSecret } from "@/server/secrets";
import { expiryFrom, isAlive, needsTouch } from "./rules.ts";

/**
 * Whose session the token names; undefined when it is unknown, revoked or over. A use moves its end, written at most once a
 * minute.
 */
export async function authenticateSession(ctx: Context, token: string): Promise<{ userId: string; sessionId: string } | undefined> {
  const session = await ctx.db.session.findUnique({
    where: { tokenHash: hashSecret(token) },
    select: { id: true, userId: true, revokedAt: true, expiresAt: true, lastSeenAt: true },
  });
  const now = ctx.clock.now();
  if (!session || !isAlive(session, now)) return undefined;
  if (needsTouch(session.lastSeenAt, now)) {
    // the condition keeps requests that come together from writing the same
    await ctx.db.session.updateMany({
      where: { id: session.id, revokedAt: null, lastSeenAt: session.lastSeenAt },
      data: { lastSeenAt: now, expiresAt: expiryFrom(now) },
    });
  }
  return { userId: session.userId, sessionId: session.id };
}
