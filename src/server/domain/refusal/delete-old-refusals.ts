import type { Context } from "@/server/context";

/** How long it is of use to know what a runner's policy refused, in milliseconds. */
const KEPT_MS = 90 * 24 * 60 * 60_000;

/** Deletes refusals that were last repeated 90 days ago. @returns how many */
export async function deleteOldRefusals(ctx: Context): Promise<number> {
  const { count } = await ctx.db.refusal.deleteMany({ where: { lastAt: { lte: new Date(ctx.clock.now().getTime() - KEPT_MS) } } });
  return count;
}
