import type { Context } from "@/server/context";

/** When the next attempt is due; undefined when nothing is on its way. For the system; nobody is authorized. */
export async function nextDueAt(ctx: Context): Promise<Date | undefined> {
  const next = await ctx.db.delivery.findFirst({ where: { state: "pending" }, orderBy: { dueAt: "asc" }, select: { dueAt: true } });
  return next?.dueAt ?? undefined;
}
