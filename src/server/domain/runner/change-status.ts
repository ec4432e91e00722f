import type { RunnerStatus } from "@deskhand/shared/schemas/runner";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import type { Runner } from "@/server/generated/prisma/client";
import { sendSignals } from "@/server/signals";

type StatusChange = { from: RunnerStatus[]; to: RunnerStatus; acceptedAt?: Date };

/**
 * Moves a runner from one of the statuses to another by compare-and-swap, and tells relay and dashboard. A runner that has the status already is answered as it is. @throws AppError CONFLICT with the status that it has
 */
export async function changeStatus(ctx: Context, runner: Runner, change: StatusChange): Promise<Runner> {
  const { from, to, acceptedAt } = change;
  return ctx.db.$transaction(async (tx) => {
    // deployments hold the row with "key share": they are either before this change or see it (Prisma has no row locks)
    await tx.$queryRaw`select 1 from "Runner" where id = ${runner.id}::uuid for update`;
    const changed = await tx.runner.updateMany({
      where: { id: runner.id, status: { in: from } },
      data: {
        status: to,
        statusReason: null,
        ...(acceptedAt ? { acceptedAt } : {}),
        // with the runner, the computer that it is on now is accepted
        ...(to === "accepted" && runner.claimedHardwareId ? { hardwareId: runner.claimedHardwareId, claimedHardwareId: null } : {}),
      },
    });
    const current = await tx.runner.findUniqueOrThrow({ where: { id: runner.id } });
    if (changed.count === 0) {
      if (current.status === to) return current;
      throw new AppError("CONFLICT", { userMessage: `The runner is ${wordFor[current.status]}.`, details: { status: current.status } });
    }
    await sendSignals(tx, [
      { kind: "change", projectId: runner.projectId, topic: "runner", id: runner.id },
      { kind: "runner-status", runnerId: runner.id },
    ]);
    return current;
  });
}

const wordFor: Record<RunnerStatus, string> = {
  pending: "still waiting to be accepted",
  accepted: "accepted already; disconnect it instead",
  rejected: "rejected; pair it again with a new code",
  revoked: "disconnected; pair it again with a new code",
  locked: "locked because its folder was seen twice; pair it again with a new code",
};
