import type { CommandState } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { changeState, type HeldCommand, holdCommand, noteChange } from "./change-state.ts";
import { endOf, pathBetween } from "./rules.ts";

type Outcome = { state: "succeeded" | "failed" | "cancelled"; failureCode: string | null };

/**
 * The runner tells how a command that is not a run ended. The first end that is recorded stays; a repeat, or another end later, is
 * taken without effect so that the runner may forget it. The lease token is not compared: what the journal of the runner that owns
 * the command says has happened, whichever delivery it came by (see apply-run-events.ts).
 * @throws AppError NOT_FOUND for a command of another runner or one that is a run's
 */
export async function finishCommand(
  ctx: Context,
  input: Outcome & { runnerId: string; commandId: string },
): Promise<{ state: CommandState }> {
  return ctx.db.$transaction(async (tx) => {
    const command = await holdCommand(tx, { id: input.commandId });
    if (command?.runnerId !== input.runnerId || command.runId) throw new AppError("NOT_FOUND");
    await recordEnd(tx, ctx, command, { outcome: input });
    if (command.kind === "profile.delete") await tellOfProfile(tx, command);
    return { state: command.state };
  });
}

/**
 * Records the end of a command that is held, passing through the states that it implies. When it is over already nothing happens, but
 * that a cancel which nobody had confirmed is confirmed.
 * @throws AppError LEASE_STALE when it was never sent to anybody
 */
export async function recordEnd(
  tx: Tx,
  ctx: Context,
  command: HeldCommand,
  { outcome, at, failureStep }: { outcome: Outcome; at?: Date; failureStep?: number | null },
): Promise<void> {
  const end = endOf(outcome, command.cancelRequestedAt !== null);
  if (command.state === "queued") throw new AppError("LEASE_STALE");
  if (command.failureCode === "CANCEL_UNCONFIRMED") {
    await confirmCancel(tx, ctx, command, outcome.state);
    return;
  }
  for (const to of pathBetween(command.state, end.state) ?? []) {
    await changeState(tx, ctx, command, { to, at, failureCode: end.failureCode, failureStep: failureStep ?? null });
  }
}

/** The runner is back after a cancel that had to do without it: the cancel stands, and the history tells what the runner had done. */
async function confirmCancel(tx: Tx, ctx: Context, command: HeldCommand, told: Outcome["state"]): Promise<void> {
  const failureCode = "CANCELLED";
  await tx.command.update({ where: { id: command.id }, data: { failureCode } });
  if (command.runId) await tx.run.update({ where: { id: command.runId }, data: { failureCode } });
  const reason = told === "cancelled" ? "CANCEL_CONFIRMED" : `ALREADY_${told.toUpperCase()}`;
  await noteChange(tx, ctx, command, { from: command.state, to: command.state, reason });
  command.failureCode = failureCode;
}

async function tellOfProfile(tx: Tx, command: HeldCommand): Promise<void> {
  const row = await tx.command.findUnique({ where: { id: command.id }, select: { payload: true } });
  const profileId = (row?.payload as { profileId?: string } | undefined)?.profileId;
  if (profileId) await sendSignals(tx, [{ kind: "change", projectId: command.projectId, topic: "profile", id: profileId }]);
}
