import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { OFFLINE_AFTER_MS } from "./rules.ts";

/** The connection is gone. A runner that holds another one by now stays online. */
export async function disconnectRunner(ctx: Context, input: { runnerId: string; projectId: string; connectionId: string }): Promise<void> {
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.runner.updateMany({
      where: { id: input.runnerId, connectionId: input.connectionId },
      data: { connectionId: null, lastSeenAt: ctx.clock.now() },
    });
    if (count > 0) await sendSignals(tx, [{ kind: "change", projectId: input.projectId, topic: "runner", id: input.runnerId }]);
  });
}

/** Clears the connections that a server left behind when it was killed, so that who watches sees those runners go offline. */
export async function dropDeadConnections(ctx: Context): Promise<number> {
  const lastSeenAt = { lt: new Date(ctx.clock.now().getTime() - OFFLINE_AFTER_MS) };
  return ctx.db.$transaction(async (tx) => {
    const dead = await tx.runner.updateManyAndReturn({
      where: { connectionId: { not: null }, lastSeenAt },
      data: { connectionId: null },
      select: { id: true, projectId: true },
    });
    await sendSignals(
      tx,
      dead.map(({ id, projectId }) => ({ kind: "change", projectId, topic: "runner", id })),
    );
    return dead.length;
  });
}
