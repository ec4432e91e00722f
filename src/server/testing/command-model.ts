import { type CommandState, isFinal } from "@deskhand/shared/schemas/run";

/** One command as the model sees it; times are milliseconds since the epoch. */
export type ModelCommand = {
  kind: "run.start" | "profile.delete";
  state: CommandState;
  failureCode: string | null;
  token: string | null;
  previousToken: string | null;
  leaseExpiresAt: number | null;
  deadlineAt: number;
  cancelRequested: boolean;
  lastSeq: number;
};

export type ModelEvent = "started" | "step" | "succeeded" | "failed" | "cancelled" | "came too late";

const minute = 60_000;
const day = 24 * 60 * minute;
const underWay: readonly CommandState[] = ["leased", "accepted", "running"];
const taken: readonly CommandState[] = ["accepted", "running"];

/**
 * What the lease state machine promises, in a list in memory and in plain words: no lock, no SQL, none of its code. `place` is a
 * command's place in the list, which is the order of the queueing. Methods give what the answer must be.
 */
export class CommandModel {
  readonly commands: ModelCommand[] = [];
  now: number;
  connectedAt: number | undefined;
  lastSeenAt: number;
  readonly #window: number;
  readonly #leaseMs: number;

  constructor({ now, window, leaseMs }: { now: number; window: number; leaseMs: number }) {
    this.now = now;
    this.connectedAt = now;
    this.lastSeenAt = now;
    this.#window = window;
    this.#leaseMs = leaseMs;
  }

  enqueue(kind: ModelCommand["kind"], deadlineAt: number): void {
    const none = { failureCode: null, token: null, previousToken: null, leaseExpiresAt: null, cancelRequested: false, lastSeq: 0 };
    this.commands.push({ kind, state: "queued", deadlineAt, ...none });
  }

  /** Is what is queued next leased with it, when the process that queues it holds the runner's connection? */
  leasesAtOnce(kind: ModelCommand["kind"], deadlineAt: number): boolean {
    if (this.connectedAt === undefined || kind === "run.start" || deadlineAt <= this.now) return false;
    const waits = this.commands.some(
      ({ state, leaseExpiresAt }) => state === "queued" || (state === "leased" && (leaseExpiresAt ?? 0) <= this.now),
    );
    return !waits && this.commands.filter(({ state }) => !isFinal(state)).length < Math.ceil(this.#window / 2);
  }

  /** Places of those that are to be sent now, in this order. Their tokens are the product's to make: see {@link sent}. */
  lease(again: boolean): number[] {
    if (this.connectedAt === undefined) return [];
    this.#expire();
    const waits = ({ state, leaseExpiresAt }: ModelCommand) =>
      state === "queued" || (state === "leased" && (again || (leaseExpiresAt ?? 0) <= this.now));
    const busy = this.commands.filter((command) => underWay.includes(command.state) && !waits(command)).length;
    return this.#places(waits).slice(0, Math.max(0, this.#window - busy));
  }

  sent(place: number, token: string): void {
    const command = this.#at(place);
    command.previousToken = command.token;
    Object.assign(command, { state: "leased", token, leaseExpiresAt: this.now + this.#leaseMs });
  }

  accept(place: number, token: string): "stale" | { state: CommandState; cancelRequested: boolean } {
    const command = this.#at(place);
    if (token !== command.token && token !== command.previousToken) return "stale";
    if (command.state === "leased") Object.assign(command, { state: "accepted", leaseExpiresAt: this.now + this.#leaseMs });
    return { state: command.state, cancelRequested: command.cancelRequested };
  }

  /** `passes`: the runner could not take it just now. Otherwise it never will. */
  refuse(place: number, token: string, passes: boolean): "stale" | { state: CommandState } {
    const command = this.#at(place);
    if (token !== command.token) return "stale";
    if (command.state === "leased") {
      if (!passes) this.#end(command, "failed", "STEP_INVALID");
      else if (command.cancelRequested) this.#end(command, "cancelled", "CANCELLED");
      else if (command.deadlineAt <= this.now) this.#end(command, "expired", "COMMAND_EXPIRED");
      else command.leaseExpiresAt = this.now + 5_000;
    }
    return { state: command.state };
  }

  /** Events from `firstSeq` on, which starts at 1. What is known is passed over; after a gap nothing is taken. */
  apply(place: number, firstSeq: number, events: readonly ModelEvent[]): "stale" | { ackedSeq: number; over: boolean } {
    const command = this.#at(place);
    if (command.token === null) return "stale";
    if (firstSeq <= command.lastSeq + 1) {
      const fresh = events.slice(command.lastSeq + 1 - firstSeq);
      if (fresh.includes("started") && !isFinal(command.state)) command.state = "running";
      const end = fresh.find((event) => event !== "started" && event !== "step");
      if (end) this.#report(command, end);
      command.lastSeq += fresh.length;
    }
    return { ackedSeq: command.lastSeq, over: isFinal(command.state) };
  }

  /** The end of a command that is not a run. */
  finish(place: number, end: "succeeded" | "failed" | "cancelled"): "stale" | { state: CommandState } {
    const command = this.#at(place);
    if (command.state === "queued") return "stale";
    this.#report(command, end);
    return { state: command.state };
  }

  /** Places that the runner is told to stop: those whose cancel was asked, and those that it names though they are over. */
  extend(holding: readonly number[]): number[] {
    for (const place of holding) {
      const command = this.#at(place);
      if (command.state === "leased") command.state = "accepted";
      if (taken.includes(command.state)) command.leaseExpiresAt = this.now + this.#leaseMs;
    }
    const stop = (command: ModelCommand, place: number) =>
      underWay.includes(command.state) ? command.cancelRequested : holding.includes(place);
    return this.#places(stop);
  }

  cancel(place: number): { state: CommandState } {
    const command = this.#at(place);
    if (!isFinal(command.state)) command.cancelRequested = true;
    if (command.state === "queued") this.#end(command, "cancelled", "CANCELLED");
    return { state: command.state };
  }

  sweep(): void {
    this.#expire();
    const silentFor = this.now - this.lastSeenAt;
    const isAway = this.connectedAt === undefined || silentFor >= 30_000;
    const isHere = this.connectedAt !== undefined && this.now - this.connectedAt >= 15 * minute && silentFor < 30_000;
    for (const command of this.commands) {
      if (!underWay.includes(command.state)) continue;
      const leaseOverFor = this.now - (command.leaseExpiresAt ?? 0);
      const runnerHasIt = taken.includes(command.state);
      if (command.cancelRequested && leaseOverFor >= 0 && (runnerHasIt || isAway)) this.#end(command, "cancelled", "CANCEL_UNCONFIRMED");
      else if (this.now - command.deadlineAt >= day && silentFor >= day) this.#end(command, "failed", "RUNNER_LOST");
      else if (runnerHasIt && leaseOverFor >= 15 * minute && isHere) this.#end(command, "failed", "RUNNER_LOST");
    }
  }

  #expire(): void {
    for (const command of this.commands) {
      if (command.state === "queued" && command.deadlineAt <= this.now) this.#end(command, "expired", "COMMAND_EXPIRED");
    }
  }

  #report(command: ModelCommand, told: Exclude<ModelEvent, "started" | "step">): void {
    // whatever it had done, the runner has now said that it is over
    if (command.failureCode === "CANCEL_UNCONFIRMED") command.failureCode = "CANCELLED";
    if (isFinal(command.state)) return;
    if (told === "succeeded") this.#end(command, "succeeded", null);
    else if (told === "failed") this.#end(command, "failed", "WORKER_CRASHED");
    else if (told === "cancelled" || command.cancelRequested) this.#end(command, "cancelled", "CANCELLED");
    else this.#end(command, "expired", "COMMAND_EXPIRED");
  }

  #end(command: ModelCommand, state: CommandState, failureCode: string | null): void {
    Object.assign(command, { state, failureCode, leaseExpiresAt: null });
  }

  #places(which: (command: ModelCommand, place: number) => boolean): number[] {
    return this.commands.flatMap((command, place) => (which(command, place) ? [place] : []));
  }

  #at(place: number): ModelCommand {
    const command = this.commands[place];
    if (!command) throw new Error(`there is no command ${place}`);
    return command;
  }
}
