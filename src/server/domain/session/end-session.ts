import type { Context } from "@/server/context";
import { hashSecret } from "@/server/secrets";

/** Signs out: whoever holds the token may end it. Nothing happens when it ended before. */
export async function endSession(ctx: Context, token: string): Promise<void> {
  await ctx.db.session.updateMany({
    where: { tokenHash: hashSecret(token), revokedAt: null },
    data: { revokedAt: ctx.clock.now() },
  });
}
