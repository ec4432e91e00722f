import type { Command, CommandAnswer } from "@deskhand/shared/protocol/commands";
import type { RunManagerOptions } from "./run-manager-options.ts";

/** Commands that a heartbeat can name; more are not taken. */
const maxHeld = 5_000;

/** Writes the command into the journal, and answers it. */
export function takeOver(
  command: Command,
  { journal, onOutbox, onProblem }: Pick<RunManagerOptions, "journal" | "onOutbox" | "onProblem">,
  isStopped: boolean,
): CommandAnswer {
  const { leaseToken } = command;
  // a code that lets the server send it again later
  if (isStopped) return { v: 1, status: "refused", leaseToken, code: "INTERNAL" };
  try {
    const known = journal.command(command.id);
    if (!known && journal.holding(maxHeld).length >= maxHeld) return { v: 1, status: "refused", leaseToken, code: "RATE_LIMITED" };
    journal.accept(command);
    if (known) onOutbox(known.runId ?? known.id);
  } catch (error) {
    // not in the journal, so it does not exist here: the server keeps it and may send it again
    onProblem("a command could not be written to the journal", error);
    return { v: 1, status: "refused", leaseToken, code: "INTERNAL" };
  }
  return { v: 1, status: "accepted", leaseToken };
}
