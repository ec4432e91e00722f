import type { Context } from "@/server/context";
import { changeState, holdCommand } from "./change-state.ts";
import { LEASE_MS } from "./rules.ts";

type Extend = { runnerId: string; holding: { commandId: string; leaseToken: string }[]; leaseMs?: number };

/**
 * The runner names what it holds. Leases of those are extended; one that was sent and whose acceptance was lost is accepted by this.
 * @returns ids of commands to stop: those whose cancel was asked, and those that it holds though they are over, were given up or
 * are unknown here. A runner ignores ids that it is done with.
 */
export async function extendLeases(ctx: Context, { runnerId, holding, leaseMs = LEASE_MS }: Extend): Promise<{ cancel: string[] }> {
  const now = ctx.clock.now();
  const ids = holding.map(({ commandId }) => commandId);
  return ctx.db.$transaction(async (tx) => {
    if (ids.length > 0) {
      const accepted = await tx.command.findMany({ where: { id: { in: ids }, runnerId, state: "leased" }, select: { id: true } });
      for (const { id } of accepted) {
        const command = await holdCommand(tx, { id });
        if (command?.state === "leased") await changeState(tx, ctx, command, { to: "accepted" });
      }
      await tx.command.updateMany({
        where: { id: { in: ids }, runnerId, state: { in: ["accepted", "running"] } },
        data: { leaseExpiresAt: new Date(now.getTime() + leaseMs) },
      });
    }
    const live = await tx.command.findMany({
      where: {
        runnerId,
        finishedAt: null,
        state: { in: ["leased", "accepted", "running"] },
        OR: [{ cancelRequestedAt: { not: null } }, { id: { in: ids } }],
      },
      select: { id: true, cancelRequestedAt: true },
    });
    const alive = new Set(live.map(({ id }) => id));
    return {
      cancel: [...live.filter((command) => command.cancelRequestedAt).map(({ id }) => id), ...ids.filter((id) => !alive.has(id))],
    };
  });
}

/** Ids of the runner's commands whose cancel was asked and not confirmed, at most 1,000, oldest first. */
export async function cancelsFor(ctx: Context, runnerId: string): Promise<string[]> {
  const commands = await ctx.db.command.findMany({
    where: { runnerId, finishedAt: null, state: { in: ["leased", "accepted", "running"] }, cancelRequestedAt: { not: null } },
    orderBy: { position: "asc" },
    take: 1000,
    select: { id: true },
  });
  return commands.map(({ id }) => id);
}
