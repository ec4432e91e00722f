import { randomUUID } from "node:crypto";
import type { Times } from "@deskhand/shared/schedule/times";
import { type Decision, type Due, decideFirings } from "./decide-firings.ts";
import { type EndedRun, followRun } from "./follow-runs.ts";
import type { Definition, Installed, NewFiring, ScheduleTable, Unfinished } from "./schedule-table.ts";
import { timesOf } from "./times-of.ts";

/** Looked at this often at least, milliseconds: a computer that slept or a clock that was set is noticed. */
const lookEveryMs = 30_000;
/** How long a run that is due may wait for its turn, milliseconds. */
const startWithinMs = 24 * 60 * 60_000;

type Options = {
  table: ScheduleTable;
  /** Runs were begun, or are to be told of. */
  onFired(): void;
  /** Ends this run as soon as possible. */
  cancelRun(runId: string): unknown;
  onProblem(what: string, error: unknown): void;
  clock?: () => number;
};

/** What led to a firing that has no time. */
type Begun = NonNullable<Awaited<ReturnType<typeof followRun>>>;

/** Begins the runs of deployments whose time has come, also while the server is away. */
export class Scheduler {
  readonly #options: Options;
  readonly #clock: () => number;
  readonly #times = new Map<string, Times>();
  #lookingSince = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: Options) {
    this.#options = options;
    this.#clock = options.clock ?? Date.now;
  }

  /** The runner's program has started. */
  begin(): void {
    this.#lookingSince = this.#clock();
    this.#guarded(() => {
      const unfinished = this.#unfinished();
      for (const installed of this.#options.table.all()) {
        if (installed.schedule.when.kind !== "start") continue;
        const at = this.#lookingSince;
        const decision: Decision = { fire: [{ at, reason: null }], missed: undefined, decidedUpTo: at };
        const passedOver: Begun = { cause: { inputs: {}, chain: [] }, profiles: [], reason: "PAUSED" };
        this.#carryOut(installed, decision, unfinished, installed.paused ? passedOver : undefined);
      }
    });
    this.look();
  }

  /** Fires what is due and sets itself the next time to look. To be called when schedules have changed. */
  look(): void {
    clearTimeout(this.#timer);
    const now = this.#clock();
    let next = now + lookEveryMs;
    this.#guarded(() => {
      const schedules = this.#options.table.all().filter(({ paused }) => !paused);
      const known = new Set(schedules.map(({ deploymentId }) => deploymentId));
      const unfinished = this.#unfinished();
      for (const id of this.#times.keys()) if (!known.has(id)) this.#times.delete(id);
      for (const installed of schedules) {
        const times = this.#timesOf(installed);
        const { decidedUpTo, schedule } = installed;
        const decision = decideFirings({ times, missed: schedule.missed, decidedUpTo, now, lookingSince: this.#lookingSince });
        if (decision.fire.length > 0 || decision.missed) this.#carryOut(installed, decision, unfinished);
        else if (decision.decidedUpTo < decidedUpTo) this.#options.table.moveOn(installed.deploymentId, decision.decidedUpTo);
        next = Math.min(next, times.after(now) ?? next);
      }
    });
    this.#timer = setTimeout(() => this.look(), Math.max(1, next - this.#clock()));
  }

  /** Begins what comes after this run. */
  async follow(run: EndedRun): Promise<void> {
    for (const installed of this.#options.table.all()) {
      if (installed.schedule.when.kind !== "after") continue;
      const definition = this.#options.table.definition(installed.deploymentId);
      const begun = definition && (await followRun(definition, run));
      if (!begun) continue;
      const now = this.#clock();
      const reason = installed.paused ? "PAUSED" : begun.reason;
      this.#guarded(() =>
        this.#carryOut(installed, { fire: [{ at: now, reason: null }], missed: undefined, decidedUpTo: now }, this.#unfinished(), {
          ...begun,
          reason,
        }),
      );
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #timesOf(installed: Installed): Times {
    const known = this.#times.get(installed.deploymentId);
    if (known) return known;
    const times = timesOf(installed);
    this.#times.set(installed.deploymentId, times);
    return times;
  }

  /** What is not over, read once when it is asked for: what is begun meanwhile belongs to a deployment that was judged. */
  #unfinished(): () => Unfinished {
    let read: Unfinished | undefined;
    return () => {
      read ??= this.#options.table.unfinished();
      return read;
    };
  }

  #carryOut(installed: Installed, { fire, missed, decidedUpTo }: Decision, unfinished: () => Unfinished, begun?: Begun): void {
    const { table, onFired } = this.#options;
    const { deploymentId } = installed;
    const definition = table.definition(deploymentId);
    if (!definition) return;
    const now = this.#clock();
    const common = { deploymentId, at: now };
    const firings: NewFiring[] = [];
    if (missed)
      firings.push({
        ...common,
        id: randomUUID(),
        dueAt: missed.first,
        state: "missed",
        reason: missed.reason,
        count: missed.count,
        runs: [],
      });
    for (const due of fire) {
      const judged = begun?.reason
        ? { dueAt: due.at, state: "skipped" as const, reason: begun.reason, count: 1 }
        : this.#judge(installed, due, firings, unfinished().get(deploymentId) ?? []);
      const runs = this.#runsOf(begun?.profiles ?? definition.profiles);
      firings.push({ ...common, ...judged, ...runs, ...(begun && { cause: begun.cause }) });
    }
    for (const firing of firings) if (firing.state !== "fired") firing.runs = [];
    table.decide(definition, decidedUpTo, firings, now + startWithinMs);
    onFired();
  }

  /** What comes of one time, when runs of earlier ones may not be over. */
  #judge(
    { schedule }: Installed,
    { at, reason }: Due,
    before: readonly NewFiring[],
    unfinished: NonNullable<ReturnType<Unfinished["get"]>>,
  ): Pick<NewFiring, "dueAt" | "state" | "reason" | "count"> {
    const firedNow = before.some(({ state }) => state === "fired");
    const fired = { dueAt: at, state: "fired", reason, count: 1 } as const;
    switch (schedule.overlap) {
      case "skip":
        // those that are caught up were asked for, one after the other
        return unfinished.length > 0 ? { ...fired, state: "skipped", reason: "STILL_RUNNING" } : fired;
      case "queue":
        return unfinished.some(({ waits }) => waits) && !firedNow ? { ...fired, state: "skipped", reason: "QUEUE_FULL" } : fired;
      case "cancel-old":
        for (const { runId } of unfinished) this.#options.cancelRun(runId);
        return fired;
    }
  }

  #runsOf(profiles: Definition["profiles"]): Pick<NewFiring, "id" | "runs"> {
    const runs = profiles.map(({ profileId, name }) => ({
      runId: randomUUID(),
      commandId: randomUUID(),
      leaseToken: randomUUID(),
      profileId,
      profileName: name,
    }));
    return { id: randomUUID(), runs };
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      // what was not decided is looked at again
      this.#options.onProblem("schedules could not be looked at", error);
    }
  }
}
