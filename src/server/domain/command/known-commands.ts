import { isFinal } from "@deskhand/shared/schemas/run";
import type { Db } from "@/server/db";
import type { HeldCommand } from "./change-state.ts";

/** Most that are remembered; the oldest are forgotten first. */
const MOST = 20_000;

const remembered = new WeakMap<Db, Map<string, HeldCommand>>();

/**
 * Remembers commands as this process has just left them, so that what their runner says next can be written without reading them first.
 * Nothing is true because it is remembered: the statement compares it with the row, and who finds it otherwise reads the row.
 */
export function rememberCommands(db: Db, commands: Iterable<HeldCommand>): void {
  const known = remembered.get(db) ?? new Map<string, HeldCommand>();
  remembered.set(db, known);
  for (const command of commands) {
    known.delete(command.id);
    // once a run has been accepted, its events tell the rest
    const isOfUse = command.state === "leased" || (command.runId === null && !isFinal(command.state));
    if (isOfUse && command.cancelRequestedAt === null) known.set(command.id, command);
  }
  for (const id of known.keys()) {
    if (known.size <= MOST) break;
    known.delete(id);
  }
}

/** These as they were remembered, which they are not any more; undefined when one of them is not. */
export function recallCommands(db: Db, ids: Iterable<string>): Map<string, HeldCommand> | undefined {
  const known = remembered.get(db);
  const recalled = new Map<string, HeldCommand>();
  let isWhole = true;
  for (const id of ids) {
    const command = known?.get(id);
    known?.delete(id);
    if (command) recalled.set(id, command);
    else isWhole = false;
  }
  return isWhole ? recalled : undefined;
}
