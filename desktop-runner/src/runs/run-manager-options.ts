import type { Outcome } from "../journal/command-row.ts";
import type { Journal } from "../journal/journal.ts";
import type { RefusalEntry } from "../journal/refusal-log.ts";
import type { Readiness } from "../policy/admission.ts";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import type { LoadedPolicy } from "../policy/policy-file.ts";
import type { SigningKeeper } from "../signing/signing-keeper.ts";
import type { TaskServices } from "../tasks/task.ts";
import type { RunLimits } from "../worker/messages.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import type { Capacity } from "./capacity.ts";
import type { CommandNote } from "./command-note.ts";
import type { EventWriter } from "./event-writer.ts";
import type { LogEntry, RunLogs } from "./run-log.ts";
import type { Worker } from "./worker.ts";

export type RunChange = { state: "running" } | { state: Outcome; code: string | null };

export type RunManagerOptions = {
  journal: Journal;
  writer: EventWriter;
  logs: RunLogs;
  artifacts: ArtifactStore;
  worker: Worker;
  /** What tasks are carried out with, and where profiles are. */
  services: TaskServices;
  /** Runs at once whose steps are under way; as many more may be writing down what they leave behind. */
  capacity: Capacity;
  limits: RunLimits;
  policy: { readonly loaded: LoadedPolicy; readonly network: NetworkPolicy; readiness(now: number): Readiness };
  signing: Pick<SigningKeeper, "judge">;
  /** The policy refused something. */
  onRefusal(entry: RefusalEntry): void;
  /** There is something for the outbox; with a key, that run's or command's lease is new. */
  onOutbox(key?: string): void;
  onLogLine(runId: string, entry: LogEntry): void;
  onRunEnded(runId: string): void;
  /** What waits and what is under way may be something else now. */
  onQueue?(): void;
  /** A run has begun, or has its end; that may not be in the journal yet. */
  onRunChange?(runId: string, change: RunChange): void;
  /** A command has come to another point of its way that is no change of a run. */
  onNote?(note: CommandNote): void;
  onProblem(what: string, error: unknown): void;
  /** How long a cancelled run may take to end before the worker is killed, milliseconds. */
  cancelGraceMs?: number;
  clock?: () => number;
};
