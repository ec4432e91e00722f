import type { Context } from "@/server/context";
import { KEEP_ALERTS_MS } from "./rules.ts";

/** Deletes alerts of more than 30 days ago, their deliveries and attempts with them. @returns how many */
export async function forgetAlerts(ctx: Context): Promise<number> {
  const { count } = await ctx.db.alert.deleteMany({ where: { createdAt: { lt: new Date(ctx.clock.now().getTime() - KEEP_ALERTS_MS) } } });
  return count;
}
