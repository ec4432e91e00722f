import { isTaskKind } from "@deskhand/shared/protocol/task-kinds";
import type { JournaledCommand } from "../journal/command-row.ts";
import { isDiskFull } from "../journal/is-disk-full.ts";
import type { RefusalReason } from "../policy/network-policy.ts";
import type { RunManagerOptions } from "../runs/run-manager-options.ts";
import type { TaskEnd, TaskServices } from "./task.ts";

type Outside = Pick<RunManagerOptions, "journal" | "signing" | "onProblem" | "onOutbox" | "onNote"> & {
  services: TaskServices;
  refuse(command: JournaledCommand, reason: RefusalReason): void;
  /** Its profile is free again. */
  onDone(): void;
};
type UnderWay = { command: JournaledCommand; abort: AbortController; done: Promise<void> };

/** Carries out the commands that are not runs. Until it is decided whether one was signed, nothing else happens on its profile. */
export class TaskHost {
  readonly #outside: Outside;
  readonly #underWay = new Map<string, UnderWay>();
  #stopped = false;
  /** The end of those about schedules that came so far: each is done after the ones before it, which it may build on or undo. */
  #schedules: Promise<void> = Promise.resolve();

  constructor(outside: Outside) {
    this.#outside = outside;
  }

  get busy(): JournaledCommand[] {
    return [...this.#underWay.values()].map(({ command }) => command);
  }

  /** The command is marked as running in the journal. */
  start(command: JournaledCommand, payload: unknown): void {
    const abort = new AbortController();
    const isOfSchedule = command.kind.startsWith("schedule.");
    const carriedOut = isOfSchedule
      ? this.#schedules.then(() => this.#carryOut(command, payload, abort.signal))
      : this.#carryOut(command, payload, abort.signal);
    if (isOfSchedule) this.#schedules = carriedOut.catch(() => {});
    const done = carriedOut.finally(() => {
      this.#underWay.delete(command.id);
      this.#outside.onDone();
    });
    this.#underWay.set(command.id, { command, abort, done });
  }

  /** Asks a task to end soon; it may be too late for that. */
  cancel(commandId: string): void {
    this.#underWay.get(commandId)?.abort.abort();
  }

  /** What is not carried out by now is carried on after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const { abort } of this.#underWay.values()) abort.abort();
    await Promise.all([...this.#underWay.values()].map(({ done }) => done));
  }

  async #carryOut(command: JournaledCommand, payload: unknown, signal: AbortSignal): Promise<void> {
    const { journal, signing, services, onProblem, onOutbox, onNote } = this.#outside;
    const { id: commandId, kind } = command;
    const note = { commandId, runId: null };
    onNote?.({ ...note, to: "running", reason: null });
    let end: TaskEnd = { state: "failed", failureCode: "INTERNAL" };
    try {
      const verdict = await signing.judge(command, payload);
      if (this.#stopped) return;
      if (!verdict.ok) return this.#outside.refuse(command, verdict.reason);
      if (!isTaskKind(kind)) return;
      // loaded with the first task: a runner that waits does not hold what each of them needs
      const { carryOut } = await import("./registry.ts");
      end = await carryOut(kind, payload, { ...services, commandId, signal });
    } catch (error) {
      if (isDiskFull(error)) end = { state: "failed", failureCode: "RUNNER_DISK_FULL" };
      if (!signal.aborted) onProblem("a task could not be carried out", error);
    }
    if (end.state === "failed" && signal.aborted) {
      if (this.#stopped) return;
      this.#finish(() => journal.finish(commandId, "cancelled", "CANCELLED", end.result));
      onNote?.({ ...note, to: "cancelled", reason: "CANCELLED" });
    } else {
      const reason = end.state === "failed" ? end.failureCode : null;
      this.#finish(() => journal.finish(commandId, end.state, reason, end.result));
      onNote?.({ ...note, to: end.state, reason });
    }
    onOutbox();
  }

  #finish(write: () => void): void {
    try {
      write();
    } catch (error) {
      // it is done again after the next start
      this.#outside.onProblem("the end of a task could not be written", error);
    }
  }
}
