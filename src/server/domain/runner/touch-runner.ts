import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { boundOffset } from "./rules.ts";

type Touch = {
  runnerId: string;
  projectId: string;
  connectionId: string;
  /** How far its clock is off by now, in milliseconds, when that has changed. */
  clockOffsetMs?: number | undefined;
};

/**
 * Notes that the runner was heard on this connection. A connection that was taken for dead while the database was away gets the
 * runner back, unless another one has it.
 * @returns false when this connection does not hold the runner: another one does, or it may not be connected any more
 */
export async function touchRunner(ctx: Context, { runnerId, projectId, connectionId, clockOffsetMs }: Touch): Promise<boolean> {
  const lastSeenAt = ctx.clock.now();
  const held = await ctx.db.runner.updateMany({
    where: { id: runnerId, connectionId, status: "accepted" },
    data: { lastSeenAt, ...(clockOffsetMs === undefined ? {} : { clockOffsetMs: boundOffset(clockOffsetMs) }) },
  });
  if (held.count > 0) return true;
  return ctx.db.$transaction(async (tx) => {
    const regained = await tx.runner.updateMany({
      where: { id: runnerId, connectionId: null, status: "accepted" },
      data: { connectionId, connectedAt: lastSeenAt, lastSeenAt },
    });
    if (regained.count > 0) await sendSignals(tx, [{ kind: "change", projectId, topic: "runner", id: runnerId }]);
    return regained.count > 0;
  });
}
