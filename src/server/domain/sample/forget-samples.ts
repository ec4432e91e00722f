import type { Context } from "@/server/context";
import { KEEP_MS } from "./rules.ts";

/** Deletes samples that no chart shows any more: minutes after 2 hours, quarters after 8 days. @returns how many */
export async function forgetSamples(ctx: Context): Promise<number> {
  const before = (ms: number) => ({ lt: new Date(ctx.clock.now().getTime() - ms) });
  const { count } = await ctx.db.processSample.deleteMany({
    where: {
      OR: [
        { seconds: 60, at: before(KEEP_MS[60]) },
        { seconds: 900, at: before(KEEP_MS[900]) },
      ],
    },
  });
  return count;
}
