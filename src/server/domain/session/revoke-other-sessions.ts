import type { Context } from "@/server/context";
import { requirePerson } from "@/server/domain/account/policy";

/** Ends all of the person's sessions but the one that asks. */
export async function revokeOtherSessions(ctx: Context): Promise<{ done: true }> {
  const { userId, sessionId } = requirePerson(ctx);
  await ctx.db.session.updateMany({
    where: { userId, id: { not: sessionId }, revokedAt: null },
    data: { revokedAt: ctx.clock.now() },
  });
  return { done: true };
}
