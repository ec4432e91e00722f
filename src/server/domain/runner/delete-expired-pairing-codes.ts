import type { Context } from "@/server/context";

/** Deletes pairing codes that ended a day ago; until then who types one is told that it expired or was used. @returns how many */
export async function deleteExpiredPairingCodes(ctx: Context): Promise<number> {
  const { count } = await ctx.db.pairingCode.deleteMany({
    where: { expiresAt: { lte: new Date(ctx.clock.now().getTime() - 24 * 60 * 60_000) } },
  });
  return count;
}
