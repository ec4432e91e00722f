import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import { changeState, holdCommand } from "@/server/domain/command/change-state";
import { changeStatus } from "./change-status.ts";
import { findRunner, showRunner } from "./queries.ts";

/**
 * Disconnects a runner for good: its key is not accepted any more and what it was never sent fails at once. What it holds already
 * fails when its lease ends (the relay's sweep). @throws AppError NOT_FOUND, CONFLICT for one that was rejected
 */
export async function revokeRunner(ctx: Context, input: { id: string }): Promise<RunnerView> {
  const runner = await findRunner(ctx, input.id, "runner.manage");
  const revoked = await changeStatus(ctx, runner, { from: ["pending", "accepted", "locked"], to: "revoked" }, async (tx) => {
    const queued = await tx.command.findMany({ where: { runnerId: runner.id, state: "queued" }, select: { id: true } });
    for (const { id } of queued) {
      const command = await holdCommand(tx, { id });
      if (command?.state === "queued") await changeState(tx, ctx, command, { to: "failed", failureCode: "RUNNER_REVOKED" });
    }
  });
  return showRunner(ctx, revoked);
}
