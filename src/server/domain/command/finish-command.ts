import type { CommandState } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import type { Changes, HeldCommand } from "./change-state.ts";
import { decideOnCommand } from "./decide-on-command.ts";
import { endOf, pathBetween } from "./rules.ts";

type Outcome = { state: "succeeded" | "failed" | "cancelled"; failureCode: string | null };

/**
 * The runner tells how a command that is not a run ended. The first end that is recorded stays; a repeat, or another end later, is
 * taken without effect so that the runner may forget it. The lease token is not compared: what the journal of the runner that owns
 * the command says has happened, whichever delivery it came by (see apply-run-events.ts).
 * @throws AppError NOT_FOUND for a command of another runner or one that is a run's, LEASE_STALE when it was never sent to anybody
 */
export function finishCommand(ctx: Context, input: Outcome & { runnerId: string; commandId: string }): Promise<{ state: CommandState }> {
  return decideOnCommand(ctx, input.commandId, (command, changes) => {
    if (command?.runnerId !== input.runnerId || command.runId) throw new AppError("NOT_FOUND");
    recordEnd(changes, ctx, command, { outcome: input });
    const { kind, projectId, profileId } = command;
    if (kind === "profile.delete" && profileId) changes.tell({ kind: "change", projectId, topic: "profile", id: profileId });
    return { state: command.state };
  });
}

/**
 * Has the end of a command recorded that is held, passing through the states that it implies. When it is over already nothing happens,
 * but that a cancel which nobody had confirmed is confirmed.
 * @throws AppError LEASE_STALE when it was never sent to anybody
 */
export function recordEnd(
  changes: Changes,
  ctx: Context,
  command: HeldCommand,
  { outcome, at, failureStep }: { outcome: Outcome; at?: Date; failureStep?: number | null },
): void {
  const end = endOf(outcome, command.cancelRequestedAt !== null);
  if (command.state === "queued") throw new AppError("LEASE_STALE");
  if (command.failureCode === "CANCEL_UNCONFIRMED") {
    // it is back after a cancel that had to do without it: the cancel stands, and the history tells what the runner had done
    const reason = outcome.state === "cancelled" ? "CANCEL_CONFIRMED" : `ALREADY_${outcome.state.toUpperCase()}`;
    changes.recode(ctx, command, "CANCELLED", reason);
    return;
  }
  for (const to of pathBetween(command.state, end.state) ?? []) {
    changes.move(ctx, command, { to, at, failureCode: end.failureCode, failureStep: failureStep ?? null });
  }
}
