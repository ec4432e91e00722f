import type { TaskResult } from "@deskhand/shared/protocol/commands";
import { isTaskKind } from "@deskhand/shared/protocol/task-kinds";
import { type CommandState, isFinal } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import type { Changes, HeldCommand } from "./change-state.ts";
import { decideOnCommand } from "./decide-on-command.ts";
import { endOf, pathBetween } from "./rules.ts";
import { taskEffects } from "./task-effects.ts";

type Outcome = { state: "succeeded" | "failed" | "cancelled"; failureCode: string | null };

/**
 * The runner tells how a command that is not a run ended. The first end that is recorded stays; a repeat, or another end later, is
 * taken without effect so that the runner may forget it. The lease token is not compared: what the journal of the runner that owns
 * the command says has happened, whichever delivery it came by (see apply-run-events.ts).
 * @throws AppError NOT_FOUND for a command of another runner or one that is a run's, LEASE_STALE when it was never sent to anybody
 */
export function finishCommand(
  ctx: Context,
  input: Outcome & { runnerId: string; commandId: string; result?: TaskResult | undefined },
): Promise<{ state: CommandState }> {
  return decideOnCommand(ctx, input.commandId, (command, changes) => {
    if (command?.runnerId !== input.runnerId || command.runId) throw new AppError("NOT_FOUND");
    const wasOver = isFinal(command.state);
    recordEnd(changes, ctx, command, { outcome: input });
    if (!wasOver) recordResult(ctx, changes, command, input);
    return { state: command.state };
  });
}

/** Keeps what a task found or made, and does what follows from its end. */
function recordResult(
  ctx: Context,
  changes: Changes,
  command: HeldCommand,
  { state, failureCode, result }: Outcome & { result?: TaskResult | undefined },
) {
  const { id, kind, projectId, runnerId, profileId } = command;
  const effect = isTaskKind(kind) ? taskEffects[kind] : undefined;
  if (!effect && !result) return;
  changes.also(async (query) => {
    if (result) await query(`update "Command" set result = $2::jsonb where id = $1::uuid`, id, JSON.stringify(result, withoutNul));
    if (!effect) return;
    const task = { id, projectId, runnerId, profileId, state, failureCode, result, at: ctx.clock.now() };
    changes.tell(...(await effect(query, task, ctx)));
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

/** For JSON.stringify: PostgreSQL's JSON cannot hold NUL. */
function withoutNul(_key: string, value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll("\0", "");
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.replaceAll("\0", ""), inner]));
}
