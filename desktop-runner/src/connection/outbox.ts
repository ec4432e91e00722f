import { type Refusal, receipt } from "@deskhand/shared/protocol/commands";
import { runEventsAnswer } from "@deskhand/shared/protocol/run-events";
import type { JournaledCommand } from "../journal/command-row.ts";
import type { Journal } from "../journal/journal.ts";
import { retryDelayMs } from "./backoff.ts";
import type { Link } from "./link.ts";

/** How long the server may take to store a batch, milliseconds. */
const answerMs = 15_000;
/** Batches of different runs under way at once. */
const maxUnderWay = 8;
/**
 * Between two batches of a run that goes on, milliseconds, while somebody looks at it and while nobody does: each batch costs the server
 * a transaction. The first ones (the run and its first step have begun) and the last one do not wait.
 */
const watchedPaceMs = 100;
const paceMs = 500;
/** How long to wait for the server to deliver the command again after it refused our lease, milliseconds. */
const staleLeaseMs = 30_000;

export type OutboxOptions = {
  journal: Journal;
  /** Does somebody look at this run at the moment? */
  isWatched(runId: string): boolean;
  /** The server has ended this run by itself, or does not know it: there is no use in going on. */
  onUnwanted(commandId: string): void;
};

/**
 * Brings what is in the journal to the server: each run's events in order, in batches, and the ends of other commands. Nothing is
 * forgotten before the server has said that it is stored.
 */
export class Outbox {
  readonly #journal: Journal;
  readonly #onUnwanted: (commandId: string) => void;
  readonly #isWatched: (runId: string) => boolean;
  #link: Link | undefined;
  #window = 100;
  /** Keys are run ids, or command ids for those that are not runs. */
  readonly #underWay = new Set<string>();
  readonly #sending = new Set<Promise<void>>();
  readonly #held = new Map<string, NodeJS.Timeout>();
  readonly #paced = new Map<string, NodeJS.Timeout>();
  readonly #failures = new Map<string, number>();

  constructor(options: OutboxOptions) {
    this.#journal = options.journal;
    this.#onUnwanted = options.onUnwanted;
    this.#isWatched = options.isWatched;
  }

  /** Sends over this connection from now on, all that waits first. */
  attach(link: Link, eventWindow: number): void {
    this.detach();
    this.#link = link;
    this.#window = Math.max(1, Math.min(eventWindow, 500));
    this.wake();
  }

  detach(): void {
    this.#link = undefined;
    for (const timers of [this.#held, this.#paced]) {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    }
    this.#failures.clear();
    this.#underWay.clear();
  }

  /** Resolves when nothing waits to be sent, nothing can be sent, or the time is over. */
  async drained(timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (this.#link && this.#underWay.size > 0 && Date.now() < end) {
      await Promise.race([...this.#sending, new Promise((resolve) => setTimeout(resolve, end - Date.now()).unref())]);
    }
  }

  /** Somebody begins to look at this run: what waits for company goes now. */
  hurry(runId: string): void {
    clearTimeout(this.#paced.get(runId));
    this.#paced.delete(runId);
    this.wake();
  }

  /** There may be something to send. With a key, a hold on that run is lifted: its lease is new. */
  wake(key?: string): void {
    if (key !== undefined) {
      clearTimeout(this.#held.get(key));
      this.#held.delete(key);
    }
    const link = this.#link;
    if (!link) return;
    for (const { runId, over } of this.#journal.runsToSend()) {
      if (over || !this.#paced.has(runId)) this.#begin(runId, () => this.#sendEvents(link, runId));
    }
    for (const { id } of this.#journal.outcomesToSend()) this.#begin(id, () => this.#sendOutcome(link, id));
  }

  #begin(key: string, send: () => Promise<number | undefined>): void {
    if (this.#underWay.has(key) || this.#held.has(key) || this.#underWay.size >= maxUnderWay) return;
    this.#underWay.add(key);
    const link = this.#link;
    const sending = send()
      // an answer that did not come, or a journal that cannot be written: the same again, later
      .catch(() => this.#nextDelay(key))
      .then((holdMs) => {
        if (link !== this.#link) return;
        this.#underWay.delete(key);
        if (holdMs !== undefined) {
          this.#held.set(
            key,
            setTimeout(() => this.wake(key), holdMs),
          );
        } else this.#failures.delete(key);
        this.wake();
      })
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  /** Resolves to how long to hold the run back, or to undefined when it went well. */
  async #sendEvents(link: Link, runId: string): Promise<number | undefined> {
    const batch = this.#journal.eventsToSend(runId, this.#window);
    if (!batch) return undefined;
    const answer = await link.request("run-events", { v: 1, runId, ...batch }, runEventsAnswer, answerMs);
    if (answer.ok) {
      this.#journal.acknowledge(runId, answer.ackedSeq);
      if (batch.firstSeq > 1) this.#pace(runId);
      return answer.ackedSeq < batch.firstSeq ? this.#nextDelay(runId) : undefined;
    }
    return this.#refused(runId, answer, batch.leaseToken, this.#journal.commandOfRun(runId));
  }

  #pace(runId: string): void {
    const go = () => {
      this.#paced.delete(runId);
      this.wake();
    };
    clearTimeout(this.#paced.get(runId));
    this.#paced.set(runId, setTimeout(go, this.#isWatched(runId) ? watchedPaceMs : paceMs));
  }

  async #sendOutcome(link: Link, commandId: string): Promise<number | undefined> {
    const command = this.#journal.command(commandId);
    if (!command?.outcome) return undefined;
    const { leaseToken, outcome: state, failureCode } = command;
    const result = this.#journal.result(commandId);
    const end = { v: 1, commandId, leaseToken, state, failureCode, ...(result && { result }) };
    const answer = await link.request("command-finished", end, receipt, answerMs);
    if (answer.ok) {
      this.#journal.markDelivered(commandId);
      return undefined;
    }
    return this.#refused(commandId, answer, leaseToken, this.#journal.command(commandId));
  }

  #refused(key: string, { code, retryAfterMs = 0 }: Refusal, sentToken: string, command?: JournaledCommand): number | undefined {
    if (!command) return undefined;
    // a newer lease may have come while the answer was under way
    if (code === "LEASE_STALE") return command.leaseToken === sentToken ? staleLeaseMs : undefined;
    if (code !== "NOT_FOUND" && code !== "RUN_FINISHED") return Math.max(retryAfterMs, this.#nextDelay(key));
    this.#journal.markDelivered(command.id);
    this.#onUnwanted(command.id);
    return undefined;
  }

  #nextDelay(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    // never zero: a database that is away is not asked in a loop
    return 100 + retryDelayMs(failures);
  }
}
