import { isFinal } from "@deskhand/shared/schemas/run";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import { changeState, holdCommand } from "@/server/domain/command/change-state";
import { activeStates } from "@/server/domain/run/rules";
import { changeStatus } from "./change-status.ts";
import { findRunner, showRunner } from "./queries.ts";

/** Commands that are ended before the answer; the sweep ends the rest within a minute. */
const END_AT_ONCE = 100;

/**
 * Disconnects a runner for good: its key is not accepted any more, and what it was to do has failed.
 * @throws AppError NOT_FOUND, CONFLICT for one that was rejected
 */
export async function revokeRunner(ctx: Context, input: { id: string }): Promise<RunnerView> {
  const runner = await findRunner(ctx, input.id, "runner.manage");
  const revoked = await changeStatus(ctx, runner, { from: ["pending", "accepted", "locked"], to: "revoked" });
  // after the commit and each by itself: however much waits for the runner, nothing keeps it from being disconnected
  const left = await ctx.db.command.findMany({
    where: { runnerId: runner.id, finishedAt: null, state: { in: activeStates } },
    orderBy: { position: "asc" },
    take: END_AT_ONCE,
    select: { id: true },
  });
  for (const { id } of left) {
    await ctx.db.$transaction(async (tx) => {
      const command = await holdCommand(tx, { id });
      if (!command || isFinal(command.state)) return;
      await changeState(tx, ctx, command, { to: "failed", failureCode: "RUNNER_REVOKED" });
    });
  }
  return showRunner(ctx, revoked);
}
