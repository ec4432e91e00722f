import type { Context } from "@/server/context";
import { hashSecret, newSecret } from "@/server/secrets";
import { expiryFrom } from "./rules.ts";

/**
 * Signs a browser in. Only the token's hash is stored; the token itself is for the browser's cookie. It ends 30 days after its
 * last use. Removes what ended of the same person, so that the table does not grow for ever.
 */
export async function createSession(
  ctx: Context,
  input: { userId: string; userAgent: string | null },
): Promise<{ token: string; sessionId: string; expiresAt: Date }> {
  const now = ctx.clock.now();
  const token = newSecret();
  const expiresAt = expiryFrom(now);
  const [, session] = await ctx.db.$transaction([
    ctx.db.session.deleteMany({ where: { userId: input.userId, expiresAt: { lte: now } } }),
    ctx.db.session.create({
      data: {
        userId: input.userId,
        tokenHash: hashSecret(token),
        userAgent: input.userAgent?.slice(0, 300) ?? null,
        createdAt: now,
        lastSeenAt: now,
        expiresAt,
      },
      select: { id: true },
    }),
  ]);
  return { token, sessionId: session.id, expiresAt };
}
