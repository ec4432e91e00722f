import type { Context } from "@/server/context";

/** Notes that the runner leaves on purpose; its next connection takes it back. Said on a connection that does not hold it, it means nothing. */
export async function noteGoodbye(ctx: Context, input: { runnerId: string; connectionId: string }): Promise<void> {
  const { runnerId: id, connectionId } = input;
  await ctx.db.runner.updateMany({ where: { id, connectionId }, data: { goodbyeAt: ctx.clock.now() } });
}
