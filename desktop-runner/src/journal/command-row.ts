import type { Command } from "@deskhand/shared/protocol/commands";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";

export type CommandKind = Command["kind"];
export type Outcome = "succeeded" | "failed" | "cancelled";

/** A command as the journal has it. The payload is read on its own: it can be large. */
export type JournaledCommand = {
  id: string;
  leaseToken: string;
  kind: CommandKind;
  runId: string | null;
  /** The profile that it has to itself; empty for a task that needs none. */
  profileId: string;
  /** What a run belongs to, for a fair turn of each: its deployment, or its workflow's version. Empty for what is no run. */
  fairKey: string;
  state: "accepted" | "running" | "done";
  /** The runner's clock: after this instant it is not started any more, milliseconds since the epoch. */
  startBy: number;
  cancelRequested: boolean;
  outcome: Outcome | null;
  failureCode: string | null;
  lastSeq: number;
  ackedSeq: number;
  /** The step that has started and not finished. */
  openStep: number | null;
};

export type PendingEvents = { leaseToken: string; firstSeq: number; events: RunEvent[] };

/** The columns of {@link toCommand}, as SQL. */
export const columns = `id, lease_token, kind, run_id, profile_id, fair_key, state, start_by, cancel_requested, outcome, failure_code, last_seq, acked_seq, open_step`;

export function toCommand(row: Record<string, unknown>): JournaledCommand {
  return {
    id: String(row.id),
    leaseToken: String(row.lease_token),
    kind: row.kind as CommandKind,
    runId: row.run_id as string | null,
    profileId: String(row.profile_id),
    fairKey: String(row.fair_key),
    state: row.state as JournaledCommand["state"],
    startBy: Number(row.start_by),
    cancelRequested: row.cancel_requested === 1,
    outcome: row.outcome as Outcome | null,
    failureCode: row.failure_code as string | null,
    lastSeq: Number(row.last_seq),
    ackedSeq: Number(row.acked_seq),
    openStep: row.open_step as number | null,
  };
}
