import type { Context } from "@/server/context";
import { requirePerson } from "@/server/domain/account/policy";
import { AppError } from "@/server/errors";

/** Ends one of the person's own sessions at once. @throws AppError NOT_FOUND for any other */
export async function revokeSession(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { userId } = requirePerson(ctx);
  const session = await ctx.db.session.findFirst({ where: { id: input.id, userId }, select: { id: true } });
  if (!session) throw new AppError("NOT_FOUND");
  await ctx.db.session.updateMany({ where: { id: input.id, revokedAt: null }, data: { revokedAt: ctx.clock.now() } });
  return { done: true };
}
