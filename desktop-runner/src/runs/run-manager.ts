import type { Command, CommandAnswer } from "@deskhand/shared/protocol/commands";
import { describeRefusal } from "@deskhand/shared/schemas/refusal-words";
import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";
import type { JournaledCommand } from "../journal/command-row.ts";
import { refuseCommand, requesterOf } from "../policy/admission.ts";
import type { RefusalReason } from "../policy/network-policy.ts";
import { TaskHost } from "../tasks/task-host.ts";
import type { WorkerRunEvent } from "../worker/messages.ts";
import { expectRuns } from "./expect-runs.ts";
import { leftVideos } from "./left-video.ts";
import { lookAtQueue, type QueueLook, waitedFor } from "./look-at-queue.ts";
import { noteEvent } from "./note-event.ts";
import { orderOf } from "./order-of.ts";
import type { LogEntry } from "./run-log.ts";
import type { RunManagerOptions } from "./run-manager-options.ts";
import { takeOver } from "./take-over.ts";
import { type Place, placeAfter, toRunEvent } from "./worker-events.ts";

const endedHere = {
  CANCELLED_ON_DEVICE: "Cancelled by the person at this runner's computer.",
  SUPERSEDED: "Ended because the next run of its schedule begins.",
};
/** Who cancelled: somebody by way of the server, or this computer. */
type CancelCode = "CANCELLED" | keyof typeof endedHere;
type Active = Pick<JournaledCommand, "profileId" | "fairKey"> & {
  commandId: string;
  runId: string;
  place: Place;
  cancelled?: CancelCode;
  grace?: NodeJS.Timeout;
};

const retryStartMs = 5_000;

/**
 * Takes commands over and carries them out: each is in the journal before it is acknowledged and marked there before it starts.
 * One run at a time for a profile, in the order they came; as many at once as there is room for.
 */
export class RunManager {
  readonly #options: RunManagerOptions;
  readonly #clock: () => number;
  readonly #active = new Map<string, Active>();
  readonly #tasks: TaskHost;
  readonly #keeping = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  constructor(options: RunManagerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
    this.#tasks = new TaskHost({ ...options, refuse: (...refused) => this.#refuse(...refused), onDone: () => this.pump() });
    options.worker.onEvent = (runId, event) => this.#onEvent(runId, event);
    options.worker.onExit = () => this.#onWorkerExit();
    options.capacity.onRoom = () => this.pump();
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
    const answer = takeOver(command, this.#options, this.#stopped);
    // the answer leaves first: a run's first events come after it
    if (answer.status === "accepted") setImmediate(() => this.pump());
    return answer;
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

  /** Ends this run for a reason of this computer's. False when it is unknown or over; throws when the journal cannot be written. */
  endHere(runId: string, code: keyof typeof endedHere): boolean {
    const command = this.#options.journal.commandOfRun(runId);
    if (!command || command.state === "done") return false;
    if (this.#active.get(runId)?.cancelled) return true;
    this.#log(runId, "warn", endedHere[code]);
    this.#cancel(command, code);
    this.pump();
    return true;
  }

  /** Starts what can be started now. */
  pump(): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const now = this.#clock();
    const { capacity, policy, journal, worker, services } = this.#options;
    const active = [...this.#active.values()];
    const places = capacity.places(active.filter(({ place }) => place === "taken").length);
    let look: QueueLook;
    try {
      const by = { places, active, tasks: this.#tasks.busy, held: waitedFor(services), readiness: policy.readiness(now), now };
      look = lookAtQueue(journal, by);
      for (const { command, step } of look.steps) {
        if (step === "expire") this.#end(command, "failed", "COMMAND_EXPIRED");
        else this.#start(command);
      }
      if (look.next.length > 0) worker.expect(expectRuns(this.#options, look.next));
    } catch (error) {
      this.#options.onProblem("a command could not be started", error);
      this.#timer = setTimeout(() => this.pump(), retryStartMs);
      return;
    }
    this.#options.onQueue?.();
    const next = look.nextLook;
    if (next !== undefined) this.#timer = setTimeout(() => this.pump(), Math.min(Math.max(next - this.#clock(), 0) + 1, 2 ** 31 - 1));
  }

  /** Ends the runs under way with RUNNER_RESTARTED and lets the worker go. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const tasksEnded = this.#tasks.stop();
    clearTimeout(this.#timer);
    const active = [...this.#active.values()];
    this.#options.writer.flush();
    for (const { runId, cancelled } of active) {
      this.#endActive(runId, cancelled ? "cancelled" : "failed", cancelled ?? "RUNNER_RESTARTED");
    }
    this.#options.onOutbox();
    this.#options.capacity.close();
    await this.#options.worker.stop();
    this.#options.logs.flush();
    await Promise.all([tasksEnded, ...this.#keeping]);
  }

  #start(command: JournaledCommand): void {
    const { journal } = this.#options;
    const payload = journal.payload(command.id);
    const refusal = refuseCommand(this.#options.policy.loaded, requesterOf(payload));
    if (refusal) {
      this.#refuse(command, refusal);
      // it took the place of one that may
      setImmediate(() => this.pump());
      return;
    }
    if (!journal.markRunning(command.id)) return;
    const { id: commandId, runId, profileId, fairKey } = command;
    if (runId === null) {
      this.#tasks.start(command, payload);
    } else {
      this.#active.set(runId, { commandId, runId, profileId, fairKey, place: "taken" });
      this.#options.services.profiles.hold(profileId, { kind: "run", id: runId, since: this.#clock() });
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
    const { worker, signing, services } = this.#options;
    try {
      const verdict = await signing.judge(command, payload);
      if (!this.#active.has(runId)) return;
      if (!verdict.ok) return this.#refuse(command, verdict.reason);
      for (const note of verdict.notes) this.#log(runId, "info", note);
      // loaded with the first run: a runner that waits does not hold the recording's schemas. What is only kept open makes way for the run
      const { prepareRun } = await import("./prepare-run.ts");
      const [prepared] = await Promise.all([prepareRun(payload, services), services.sessions.hibernate(command.profileId)]);
      // cancelled or stopped while it was prepared: its end is written already
      if (!this.#active.has(runId)) return;
      if (!prepared.ok) return this.#fail(runId, prepared.code, prepared.reason);
      const taken = await services.proxies.take({ ...prepared.run, ...services.profiles.get(prepared.run.profileId) });
      if (!this.#active.has(runId)) return services.proxies.release(runId);
      if (!taken.ok) return this.#fail(runId, taken.code, describeRunFailure(taken.code, taken).title);
      await worker.run(orderOf(prepared.run, this.#options, this.#clock(), taken.candidates));
    } catch (error) {
      this.#options.onProblem("the worker could not be started", error);
      if (this.#active.has(runId)) this.#endActive(runId, "failed", "WORKER_CRASHED");
    }
  }

  #onEvent(runId: string, event: WorkerRunEvent): void {
    const active = this.#active.get(runId);
    // a run that was ended from here has no more to say
    if (!active) return;
    const place = placeAfter(event);
    if (place) setImmediate(() => this.pump());
    active.place = place ?? active.place;
    noteEvent(this.#options, active, event);
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
      for (const video of cancelled ? [] : leftVideos(this.#options.artifacts.runFolder(runId))) this.#onEvent(runId, video);
      this.#endActive(runId, cancelled ? "cancelled" : "failed", cancelled ?? "WORKER_CRASHED");
    }
  }

  #cancel(command: JournaledCommand | undefined, code: CancelCode): void {
    if (command?.state === "accepted") this.#end(command, "cancelled", code);
    else if (command?.state === "running" && command.runId) this.#cancelActive(command.runId, code);
    else if (command?.state === "running") this.#tasks.cancel(command.id);
  }

  #cancelActive(runId: string, code: CancelCode): void {
    const active = this.#active.get(runId);
    if (!active || active.cancelled) return;
    this.#options.journal.markCancelRequested(active.commandId);
    active.cancelled = code;
    this.#options.onNote?.({ commandId: active.commandId, runId, to: "cancelling", reason: null });
    if (!this.#options.worker.cancel(runId)) this.#endActive(runId, "cancelled", code);
    else
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
    this.#options.services.profiles.release(active.profileId, runId);
    this.#options.services.proxies.release(runId);
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

  #fail(runId: string, code: string, reason: string): void {
    this.#log(runId, "error", reason);
    this.#endActive(runId, "failed", code);
  }

  #log(runId: string, level: LogEntry["level"], message: string): void {
    this.#options.onLogLine(runId, { at: this.#clock(), step: null, level, message });
  }
}
