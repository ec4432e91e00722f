import type { SessionView } from "@deskhand/shared/schemas/account";
import type { Context } from "@/server/context";
import { requirePerson } from "@/server/domain/account/policy";

/** Where the person is signed in now, the latest used first. */
export async function listSessions(ctx: Context): Promise<{ items: SessionView[] }> {
  const { userId, sessionId } = requirePerson(ctx);
  const sessions = await ctx.db.session.findMany({
    where: { userId, revokedAt: null, expiresAt: { gt: ctx.clock.now() } },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    take: 100,
  });
  return {
    items: sessions.map((session) => ({
      id: session.id,
      userAgent: session.userAgent,
      createdAt: session.createdAt.toISOString(),
      lastSeenAt: session.lastSeenAt.toISOString(),
      current: session.id === sessionId,
    })),
  };
}
