import type { Context } from "@/server/context";
import { REMEMBERED_MS } from "./rules.ts";

/** Forgets messages that are too old to be taken again. */
export async function forgetMessages(ctx: Context): Promise<void> {
  await ctx.db.triggerMessage.deleteMany({ where: { at: { lt: new Date(ctx.clock.now().getTime() - REMEMBERED_MS) } } });
}
