import type { Command, CommandAnswer } from "@deskhand/shared/protocol/commands";
import type { Journal } from "../journal/journal.ts";
import type { RunChange } from "./run-manager-options.ts";

/** A point of a command's way, for the log: the same ids as in the server's log, and nothing of what it does. */
export type CommandNote = {
  commandId: string;
  runId: string | null;
  /** As the states of a command are called; refused: not taken, and cancelling: a cancel has come. */
  to: "accepted" | "refused" | "running" | "cancelling" | "succeeded" | "failed" | "cancelled";
  /** A failure or error code. */
  reason: string | null;
};

type Told = CommandNote & { runnerId: string };
type Parts = { journal: Journal; runnerId: string; onCommand: ((note: Told) => void) | undefined };

/** Tells each point of each command's way to whoever keeps the log. */
export function commandNotes({ journal, runnerId, onCommand }: Parts) {
  const tell = (note: CommandNote) => onCommand?.({ ...note, runnerId });
  return {
    tell,
    /** What is answered to a command that came. */
    answered(command: Command, answer: CommandAnswer): CommandAnswer {
      const runId = command.kind === "run.start" ? command.payload.runId : null;
      tell({ commandId: command.id, runId, to: answer.status, reason: answer.status === "refused" ? answer.code : null });
      return answer;
    },
    runChanged(runId: string, change: RunChange): void {
      const commandId = journal.commandOfRun(runId)?.id;
      if (commandId) tell({ commandId, runId, to: change.state, reason: change.state === "running" ? null : change.code });
    },
  };
}
