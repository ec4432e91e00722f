import type { Context } from "@/server/context";

/** Deletes the rows of sessions that are over, and of those that were revoked a day ago. @returns how many */
export async function deleteExpiredSessions(ctx: Context): Promise<number> {
  const now = ctx.clock.now();
  const { count } = await ctx.db.session.deleteMany({
    where: { OR: [{ expiresAt: { lte: now } }, { revokedAt: { lte: new Date(now.getTime() - 24 * 60 * 60_000) } }] },
  });
  return count;
}
