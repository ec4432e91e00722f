import type { CommandState } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { OFFLINE_AFTER_MS } from "@/server/domain/runner/rules";
import { toAppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";
import { changeState, holdCommand } from "./change-state.ts";
import { FORGOTTEN_AFTER_MS, LOST_AFTER_MS, mayChange } from "./rules.ts";

/** Most commands that one rule ends in one sweep; the next sweep goes on. */
const BATCH = 500;

type Sweep = { name: string; to: CommandState; failureCode: string; where: Prisma.CommandWhereInput };

/**
 * Ends the commands that nobody else will end. This, and not any timer in memory, is what makes each run end. It may run at any time
 * and in several processes; each command is ended in a transaction of its own, so that one that cannot be does not hold the others.
 * @returns how many were ended by which rule
 */
export async function sweepCommands(ctx: Context): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const sweep of sweepsAt(ctx.clock.now().getTime())) {
    const found = await ctx.db.command.findMany({
      where: { finishedAt: null, ...sweep.where },
      orderBy: { position: "asc" },
      take: BATCH,
      select: { id: true },
    });
    for (const { id } of found) {
      if (await end(ctx, id, sweep)) counts[sweep.name] = (counts[sweep.name] ?? 0) + 1;
    }
  }
  return counts;
}

function sweepsAt(now: number): Sweep[] {
  const before = (ms: number) => new Date(now - ms);
  const away = (ms: number) => ({ OR: [{ lastSeenAt: null }, { lastSeenAt: { lte: before(ms) } }] });
  const sent: CommandState[] = ["leased", "accepted", "running"];
  return [
    {
      name: "distrusted",
      to: "failed",
      failureCode: "RUNNER_REVOKED",
      where: { state: { in: ["queued", ...sent] }, runner: { status: { in: ["revoked", "rejected", "locked"] } } },
    },
    { name: "expired", to: "expired", failureCode: "COMMAND_EXPIRED", where: { state: "queued", deadlineAt: { lte: before(0) } } },
    {
      // a cancel is a request until the runner confirms it or its lease ends
      name: "cancelled",
      to: "cancelled",
      failureCode: "CANCEL_UNCONFIRMED",
      where: {
        cancelRequestedAt: { not: null },
        leaseExpiresAt: { lte: before(0) },
        OR: [
          { state: { in: sent }, runner: { OR: [{ connectionId: null }, away(OFFLINE_AFTER_MS)] } },
          { state: { in: ["accepted", "running"] } },
        ],
      },
    },
    {
      name: "lost",
      to: "failed",
      failureCode: "RUNNER_LOST",
      where: { state: { in: sent }, deadlineAt: { lte: before(LOST_AFTER_MS) }, runner: away(LOST_AFTER_MS) },
    },
    {
      // the runner is here and has not named it for long: its journal was lost
      name: "forgotten",
      to: "failed",
      failureCode: "RUNNER_LOST",
      where: {
        state: { in: ["accepted", "running"] },
        leaseExpiresAt: { lte: before(FORGOTTEN_AFTER_MS) },
        runner: {
          connectionId: { not: null },
          connectedAt: { lte: before(FORGOTTEN_AFTER_MS) },
          lastSeenAt: { gt: before(OFFLINE_AFTER_MS) },
        },
      },
    },
  ];
}

async function end(ctx: Context, id: string, { name, to, failureCode, where }: Sweep): Promise<boolean> {
  try {
    return await ctx.db.$transaction(async (tx) => {
      const command = await holdCommand(tx, { id });
      if (!command || !mayChange(command.state, to)) return false;
      // a heartbeat may have come between
      if (!(await tx.command.findFirst({ where: { AND: [{ id }, where] }, select: { id: true } }))) return false;
      await changeState(tx, ctx, command, { to, failureCode });
      return true;
    });
  } catch (error) {
    const { code, cause } = toAppError(error);
    if (code === "DATABASE_UNAVAILABLE") throw error;
    ctx.logger.error({ commandId: id, sweep: name, err: cause }, "a command could not be ended; the next sweep tries again");
    return false;
  }
}
