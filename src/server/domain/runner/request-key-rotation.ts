import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { findRunner, showRunner } from "./queries.ts";
import { KEY_LASTS_MS } from "./rules.ts";

/**
 * Asks a runner for a new device key: at once when it is connected, else when it is back.
 * @throws AppError NOT_FOUND, RUNNER_NOT_ACCEPTED for one that has no way to make one
 */
export async function requestKeyRotation(ctx: Context, input: { id: string }): Promise<RunnerView> {
  const { id, projectId } = await findRunner(ctx, input.id, "runner.manage");
  const asked = await ctx.db.$transaction(async (tx) => {
    const changed = await tx.runner.updateManyAndReturn({
      where: { id, status: "accepted" },
      data: { keyRotationRequestedAt: ctx.clock.now() },
    });
    if (!changed[0]) throw new AppError("RUNNER_NOT_ACCEPTED");
    await sendSignals(tx, [
      { kind: "runner-key", runnerId: id },
      { kind: "change", projectId, topic: "runner", id },
    ]);
    return changed[0];
  });
  return showRunner(ctx, asked);
}

/** Those of the runners whose device key is due for a new one. */
export async function runnersWithDueKeys(ctx: Context, runnerIds: string[]): Promise<Set<string>> {
  const created = new Date(ctx.clock.now().getTime() - KEY_LASTS_MS);
  const due = await ctx.db.runner.findMany({
    where: { id: { in: runnerIds }, OR: [{ keyRotationRequestedAt: { not: null } }, { keyCreatedAt: { lte: created } }] },
    select: { id: true },
  });
  return new Set(due.map(({ id }) => id));
}
