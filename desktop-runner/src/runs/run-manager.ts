import path from "node:path";
import type { Command, CommandAnswer } from "@deskhand/shared/protocol/commands";
import { describeRefusal } from "@deskhand/shared/schemas/refusal-words";
import type { JournaledCommand } from "../journal/command-row.ts";
import { refuseCommand, requesterOf } from "../policy/admission.ts";
import type { RefusalReason } from "../policy/network-policy.ts";
import type { WorkerRunEvent } from "../worker/messages.ts";
import { keepArtifact } from "./keep-artifact.ts";
import { ProfileDeletions } from "./profile-deletions.ts";
import type { LogEntry } from "./run-log.ts";
import type { RunManagerOptions } from "./run-manager-options.ts";
import { RunPlan } from "./run-plan.ts";
import { toRunEvent } from "./worker-events.ts";

/** Who cancelled: somebody by way of the server, or the person at this computer. */
type CancelCode = "CANCELLED" | "CANCELLED_ON_DEVICE";
type Active = { commandId: string; runId: string; profileId: string; closing: boolean; cancelled?: CancelCode; grace?: NodeJS.Timeout };

/** Commands that a heartbeat can name; more are not taken. */
const maxHeld = 5_000;
const retryStartMs = 5_000;

/**
 * Takes commands over and carries them out: each is in the journal before it is acknowledged and marked there before it starts.
 * One run at a time for a profile, in the order they came.
 */
export class RunManager {
  readonly #options: RunManagerOptions;
  readonly #clock: () => number;
  readonly #active = new Map<string, Active>();
  readonly #deletions: ProfileDeletions;
  readonly #keeping = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: RunManagerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#deletions = new ProfileDeletions({ ...options, refuse: (...refused) => this.#refuse(...refused), onDone: () => this.pump() });
    options.worker.onEvent = (runId, event) => this.#onEvent(runId, event);
    options.worker.onExit = () => this.#onWorkerExit();
  }

  /** Carries on after a restart: what was under way has failed, what waits is started. */
  async begin(): Promise<void> {
    for (const { runId } of this.#options.journal.recover()) {
      if (runId) this.#log(runId, "error", "The runner was restarted during the run.");
    }
    this.#options.logs.flush();
    await this.#options.artifacts.adopt();
    this.#options.onOutbox();
    this.pump();
  }

  isActive(runId: string): boolean {
    return this.#active.has(runId);
  }

  accept(command: Command): CommandAnswer {
    const { journal } = this.#options;
    const { leaseToken } = command;
    // a code that lets the server send it again later
    if (this.#stopped) return { v: 1, status: "refused", leaseToken, code: "INTERNAL" };
    try {
      const known = journal.command(command.id);
      if (!known && journal.holding(maxHeld).length >= maxHeld) return { v: 1, status: "refused", leaseToken, code: "RATE_LIMITED" };
      journal.accept(command);
      if (known) this.#options.onOutbox(known.runId ?? known.id);
    } catch (error) {
      // not in the journal, so it does not exist here: the server keeps it and may send it again
      this.#options.onProblem("a command could not be written to the journal", error);
      return { v: 1, status: "refused", leaseToken, code: "INTERNAL" };
    }
    // the answer leaves first: a run's first events come after it
    setImmediate(() => this.pump());
    return { v: 1, status: "accepted", leaseToken };
  }

  /** Ends these as soon as possible. Ids that are unknown or done are passed over. */
  cancel(commandIds: readonly string[]): void {
    for (const id of commandIds) {
      try {
        this.#cancel(this.#options.journal.command(id), "CANCELLED");
      } catch (error) {
        // the server asks again with each heartbeat
        this.#options.onProblem("a cancel could not be written to the journal", error);
      }
    }
    this.pump();
  }

  /** Ends this run, as the person at this computer asks. False when it is unknown or over; throws when the journal cannot be written. */
  cancelHere(runId: string): boolean {
    const command = this.#options.journal.commandOfRun(runId);
    if (!command || command.state === "done") return false;
    if (this.#active.get(runId)?.cancelled) return true;
    this.#log(runId, "warn", "Cancelled by the person at this runner's computer.");
    this.#cancel(command, "CANCELLED_ON_DEVICE");
    this.pump();
    return true;
  }

  /** Starts what can be started now. */
  pump(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.#clock();
    const busy = [...this.#active.values(), ...this.#deletions.busy];
    const plan = new RunPlan(this.#options.concurrency, busy, now, this.#options.policy.readiness(now));
    try {
      for (const command of this.#options.journal.waiting()) {
        const step = plan.decide(command);
        if (step === "expire") this.#end(command, "failed", "COMMAND_EXPIRED");
        else if (step === "start") this.#start(command);
      }
    } catch (error) {
      this.#options.onProblem("a command could not be started", error);
      this.#timer = setTimeout(() => this.pump(), retryStartMs);
      return;
    }
    this.#options.onQueue?.();
    const next = plan.nextLook;
    if (next !== undefined) this.#timer = setTimeout(() => this.pump(), Math.min(Math.max(next - this.#clock(), 0) + 1, 2 ** 31 - 1));
  }

  /** Ends the runs under way with RUNNER_RESTARTED and lets the worker go. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const deleted = this.#deletions.stop();
    clearTimeout(this.#timer);
    const active = [...this.#active.values()];
    this.#options.writer.flush();
    for (const { runId, cancelled } of active) {
      this.#endActive(runId, cancelled ? "cancelled" : "failed", cancelled ?? "RUNNER_RESTARTED");
    }
    this.#options.onOutbox();
    await this.#options.worker.stop();
    this.#options.logs.flush();
    await Promise.all([deleted, ...this.#keeping]);
  }

  #start(command: JournaledCommand): void {
    const { journal } = this.#options;
    const payload = journal.payload(command.id);
    const refusal = refuseCommand(this.#options.policy.loaded, requesterOf(payload));
    if (refusal) {
      this.#refuse(command, refusal);
      return;
    }
    if (!journal.markRunning(command.id)) return;
    const { id: commandId, runId, profileId } = command;
    if (runId === null) {
      this.#deletions.start(command, payload);
    } else {
      this.#active.set(runId, { commandId, runId, profileId, closing: false });
      this.#options.onRunChange?.(runId, { state: "running" });
      void this.#run(command, runId, payload);
    }
  }

  #refuse(command: JournaledCommand, reason: RefusalReason): void {
    const { title, whatToDo } = describeRefusal(reason);
    if (command.runId) this.#log(command.runId, "error", `${title} ${whatToDo}`);
    this.#options.onRefusal({ runId: command.runId, ...reason, count: 1, fatal: true, at: this.#clock() });
    if (command.runId && this.#active.has(command.runId)) this.#endActive(command.runId, "failed", "POLICY_DENIED");
    else this.#end(command, "failed", "POLICY_DENIED");
  }

  async #run(command: JournaledCommand, runId: string, payload: unknown): Promise<void> {
    const { worker, unseal, signing } = this.#options;
    try {
      const verdict = await signing.judge(command, payload);
      if (!this.#active.has(runId)) return;
      if (!verdict.ok) return this.#refuse(command, verdict.reason);
      for (const note of verdict.notes) this.#log(runId, "info", note);
      // loaded with the first run: a runner that waits does not hold the recording's schemas
      const { prepareRun } = await import("./prepare-run.ts");
      const prepared = await prepareRun(payload, unseal);
      // cancelled or stopped while it was prepared: its end is written already
      if (!this.#active.has(runId)) return;
      if (!prepared.ok) {
        this.#log(runId, "error", prepared.reason);
        return this.#endActive(runId, "failed", prepared.code);
      }
      const { profilesFolder, artifacts, limits } = this.#options;
      const policy = this.#options.policy.network;
      const profileDir = path.join(profilesFolder, prepared.run.profileId);
      const artifactsDir = artifacts.runFolder(runId);
      await worker.run({ type: "run", ...prepared.run, profileDir, artifactsDir, startedAt: this.#clock(), limits, policy });
    } catch (error) {
      this.#options.onProblem("the worker could not be started", error);
      if (this.#active.has(runId)) this.#endActive(runId, "failed", "WORKER_CRASHED");
    }
  }

  #onEvent(runId: string, event: WorkerRunEvent): void {
    const active = this.#active.get(runId);
    // a run that was ended from here has no more to say
    if (!active) return;
    if (event.kind === "closing") {
      active.closing = true;
      setImmediate(() => this.pump());
    }
    if (event.kind === "log") this.#options.onLogLine(runId, event);
    if (event.kind === "refused") {
      const { reason, count, fatal, at } = event;
      this.#options.onRefusal({ runId, ...reason, count, fatal, at });
    }
    if (event.kind === "artifact") keepArtifact(this.#options, runId, event);
    const told = toRunEvent(event, this.#clock());
    // the worker does not know who cancelled
    if (told?.kind === "finished" && told.state === "cancelled" && active.cancelled) told.failureCode = active.cancelled;
    if (told) this.#options.writer.add(runId, told);
    if (told?.kind !== "finished") return;
    this.#options.onRunChange?.(runId, { state: told.state, code: told.failureCode });
    this.#release(runId);
  }

  #onWorkerExit(): void {
    for (const { runId, cancelled } of [...this.#active.values()]) {
      if (!this.#options.worker.has(runId)) continue;
      if (!cancelled) this.#log(runId, "error", "The part of the runner that drives the browser stopped unexpectedly.");
      this.#endActive(runId, cancelled ? "cancelled" : "failed", cancelled ?? "WORKER_CRASHED");
    }
  }

  #cancel(command: JournaledCommand | undefined, code: CancelCode): void {
    if (command?.state === "accepted") this.#end(command, "cancelled", code);
    else if (command?.state === "running" && command.runId) this.#cancelActive(command.runId, code);
  }

  #cancelActive(runId: string, code: CancelCode): void {
    const active = this.#active.get(runId);
    if (!active || active.cancelled) return;
    this.#options.journal.markCancelRequested(active.commandId);
    active.cancelled = code;
    this.#options.onNote?.({ commandId: active.commandId, runId, to: "cancelling", reason: null });
    if (!this.#options.worker.cancel(runId)) {
      this.#endActive(runId, "cancelled", code);
      return;
    }
    active.grace = setTimeout(() => {
      this.#endActive(runId, "cancelled", code);
      this.#options.worker.kill();
    }, this.#options.cancelGraceMs ?? 10_000);
  }

  /** Ends a run from outside of the worker, after what the worker has told so far. */
  #endActive(runId: string, state: "failed" | "cancelled", code: string): void {
    const { writer, journal } = this.#options;
    if (writer.flush()) {
      try {
        journal.endRun(runId, state, code);
      } catch (error) {
        this.#options.onProblem("the end of a run could not be written yet", error);
        writer.add(runId, { kind: "finished", at: this.#clock(), state, failureCode: code, failureStep: null });
      }
    } else writer.add(runId, { kind: "finished", at: this.#clock(), state, failureCode: code, failureStep: null });
    this.#options.onOutbox();
    this.#options.onRunChange?.(runId, { state, code });
    this.#release(runId);
  }

  #release(runId: string): void {
    const active = this.#active.get(runId);
    if (!active) return;
    clearTimeout(active.grace);
    this.#active.delete(runId);
    this.#options.logs.close(runId);
    this.#options.onRunEnded(runId);
    const keeping = this.#options.artifacts
      .keep(runId)
      .catch((error) => this.#options.onProblem("the artifacts of a run could not be counted", error))
      .finally(() => this.#keeping.delete(keeping));
    this.#keeping.add(keeping);
    setImmediate(() => this.pump());
  }

  #end(command: JournaledCommand, state: "failed" | "cancelled", code: string): void {
    if (command.runId) {
      this.#options.journal.endRun(command.runId, state, code);
      this.#options.logs.close(command.runId);
      this.#options.onRunChange?.(command.runId, { state, code });
    } else {
      this.#options.journal.finish(command.id, state, code);
      this.#options.onNote?.({ commandId: command.id, runId: null, to: state, reason: code });
    }
    this.#options.onOutbox();
  }

  #log(runId: string, level: LogEntry["level"], message: string): void {
    this.#options.onLogLine(runId, { at: this.#clock(), step: null, level, message });
  }
}
