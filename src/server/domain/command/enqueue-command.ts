import type { Command } from "@deskhand/shared/protocol/commands";
import { actorName, type Context } from "@/server/context";
import type { Tx } from "@/server/db";
import type { Prisma } from "@/server/generated/prisma/client";
import { metrics } from "@/server/metrics";
import { sendSignals } from "@/server/signals";

type Enqueue = {
  projectId: string;
  runnerId: string;
  runId?: string;
  /** After this instant a command that has not started is not started any more. */
  deadlineAt: Date;
} & { [Kind in Command["kind"]]: { kind: Kind; payload: Extract<Command, { kind: Kind }>["payload"] } }[Command["kind"]];

/**
 * Queues a message to a runner within the caller's transaction; it is delivered once that commits, in the order of the queueing.
 * The caller has authorized it. A run's row must exist before its command.
 */
export async function enqueueCommand(tx: Tx, ctx: Context, input: Enqueue): Promise<{ id: string }> {
  const now = ctx.clock.now();
  const requestedById = "userId" in ctx.actor ? ctx.actor.userId : null;
  const { id } = await tx.command.create({
    data: {
      projectId: input.projectId,
      runnerId: input.runnerId,
      runId: input.runId ?? null,
      kind: input.kind,
      payload: { ...input.payload, requestedBy: { userId: requestedById } } as Prisma.InputJsonObject,
      deadlineAt: input.deadlineAt,
      requestedById,
      createdAt: now,
      transitions: { create: { from: null, to: "queued", actor: actorName(ctx.actor), at: now } },
    },
    select: { id: true },
  });
  await sendSignals(tx, [{ kind: "commands", runnerId: input.runnerId }]);
  metrics().commandChanges.inc({ from: "", to: "queued" });
  ctx.logger.info(
    { commandId: id, runId: input.runId ?? null, runnerId: input.runnerId, to: "queued", kind: input.kind },
    "a command was queued",
  );
  return { id };
}
