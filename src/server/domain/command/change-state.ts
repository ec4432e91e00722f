import { type CommandState, isFinal } from "@deskhand/shared/schemas/run";
import { actorName, type Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { noteFailedRun } from "@/server/domain/alert/note-failed-run";
import { metrics } from "@/server/metrics";
import { sendSignals } from "@/server/signals";
import { mayChange } from "./rules.ts";

/** A command as it was read under a lock. */
export type HeldCommand = {
  id: string;
  projectId: string;
  runnerId: string;
  kind: string;
  state: CommandState;
  leaseToken: string | null;
  previousLeaseToken: string | null;
  leaseExpiresAt: Date | null;
  deadlineAt: Date;
  cancelRequestedAt: Date | null;
  failureCode: string | null;
  runId: string | null;
  createdAt: Date;
  acceptedAt: Date | null;
};

/** Reads a command and holds its row until the transaction ends, so that no one else changes it meanwhile. */
export async function holdCommand(tx: Tx, where: { id: string } | { runId: string }): Promise<HeldCommand | undefined> {
  // Prisma has no "for update"
  const rows =
    "id" in where
      ? await tx.$queryRaw<HeldCommand[]>`
          select id, "projectId", "runnerId", kind, state::text, "leaseToken", "previousLeaseToken", "leaseExpiresAt", "deadlineAt", "cancelRequestedAt", "failureCode", "runId", "createdAt", "acceptedAt"
          from "Command" where id = ${where.id}::uuid for update`
      : await tx.$queryRaw<HeldCommand[]>`
          select id, "projectId", "runnerId", kind, state::text, "leaseToken", "previousLeaseToken", "leaseExpiresAt", "deadlineAt", "cancelRequestedAt", "failureCode", "runId", "createdAt", "acceptedAt"
          from "Command" where "runId" = ${where.runId}::uuid for update`;
  return rows[0];
}

type Change = {
  to: CommandState;
  /** When it happened; now when absent. */
  at?: Date | undefined;
  failureCode?: string | null;
  failureStep?: number | null;
};

/**
 * Moves a command that is held, its history and its run on by one state, and tells who watches. The caller has decided that it is
 * allowed; a change that the rules do not know is a defect and throws.
 */
export async function changeState(tx: Tx, ctx: Context, command: HeldCommand, change: Change): Promise<void> {
  const { to } = change;
  const from = command.state;
  if (!mayChange(from, to)) throw new Error(`a command cannot change from ${from} to ${to}`);
  const now = ctx.clock.now();
  const at = change.at ?? now;
  const end = isFinal(to);
  const changed = await tx.command.updateMany({
    where: { id: command.id, state: from, leaseToken: command.leaseToken },
    data: {
      state: to,
      ...(end ? { finishedAt: at, failureCode: change.failureCode ?? null, leaseExpiresAt: null } : {}),
      ...(to === "accepted" ? { acceptedAt: at } : {}),
    },
  });
  if (changed.count !== 1) throw new Error("a held command changed under its lock");
  await noteChange(tx, ctx, command, { from, to, reason: end ? (change.failureCode ?? null) : null });
  if (command.runId) {
    await tx.run.updateMany({
      where: { id: command.runId },
      data: {
        state: to,
        ...(to === "running" ? { startedAt: at } : {}),
        ...(end ? { finishedAt: at, failureCode: change.failureCode ?? null, failureStep: change.failureStep ?? null } : {}),
      },
    });
    // what was under way when it ended badly did not succeed
    if (end && to !== "succeeded") {
      await tx.runStep.updateMany({
        where: { runId: command.runId, state: "running" },
        data: { state: to === "failed" ? "failed" : "skipped" },
      });
    }
    if (to === "failed" || to === "expired") await noteFailedRun(tx, command.runId, now);
    await sendSignals(tx, [{ kind: "change", projectId: command.projectId, topic: "run", id: command.runId }]);
  }
  command.state = to;
  if (to === "accepted") command.acceptedAt = at;
  // told before the commit: a transaction that is rolled back after this is rare, and neither counters nor logs are a ledger
  measure(command, from, to, at);
  const { id: commandId, runId, runnerId } = command;
  ctx.logger.info({ commandId, runId, runnerId, from, to, reason: end ? (change.failureCode ?? null) : null }, "a command changed");
}

function measure({ createdAt, acceptedAt }: HeldCommand, from: CommandState, to: CommandState, at: Date): void {
  const counted = metrics();
  counted.commandChanges.inc({ from, to });
  // a runner's clock that was corrected may say that something began before it was asked for
  const secondsSince = (since: Date) => Math.max(0, at.getTime() - since.getTime()) / 1000;
  if (to === "running" && acceptedAt) counted.commandStartSeconds.observe(secondsSince(acceptedAt));
  if (isFinal(to)) counted.commandTotalSeconds.observe(secondsSince(createdAt));
}

/** Adds a row to the history of a command that is held; on its own for what happens without a change of state. */
export async function noteChange(
  tx: Tx,
  ctx: Context,
  command: Pick<HeldCommand, "id">,
  change: { from: CommandState; to: CommandState; reason: string | null },
): Promise<void> {
  await tx.commandTransition.create({ data: { commandId: command.id, ...change, actor: actorName(ctx.actor), at: ctx.clock.now() } });
}
