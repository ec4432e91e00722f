import { reportFirings } from "../connection/firing-reporter.ts";
import type { RepeatedReport } from "../connection/repeated-report.ts";
import type { Journal } from "../journal/journal.ts";
import type { SigningKeeper } from "../signing/signing-keeper.ts";
import type { EndedRun } from "./follow-runs.ts";
import { ScheduleTable } from "./schedule-table.ts";
import type { Scheduler } from "./scheduler.ts";

type Judge = Pick<SigningKeeper, "judge">;

type Options = {
  journal: Journal;
  /** Where a run leaves its files. */
  folderOf(runId: string): string;
  /** Runs wait to be begun. */
  onFired(): void;
  /** The server knows of runs that it did not ask for. */
  onTold(): void;
  cancelRun(runId: string): unknown;
  onProblem(what: string, error: unknown): void;
};

/** The runner's schedules, and what keeps the server told of them. */
export type Schedules = {
  readonly table: ScheduleTable;
  readonly report: RepeatedReport;
  /** Judges as the given one does, and knows what was begun here, by a schedule or in the name of a trigger. */
  judging(signing: Judge): Judge;
  /** A run has another state: what comes after it begins. */
  runChanged(runId: string, change: { state: string; code?: string | null }): void;
  /** The runner's program has started. */
  begin(): void;
  /** Schedules have changed; of one that goes on there may be something to tell. */
  look(): void;
  stop(): void;
};

export function openSchedules({ journal, folderOf, onFired, onTold, cancelRun, onProblem }: Options): Schedules {
  const table = new ScheduleTable(journal);
  const report = reportFirings(table, onTold);
  const fired = () => {
    report.changed();
    onFired();
  };
  let scheduler: Promise<Scheduler> | undefined;
  let stopped = false;
  // loaded with the first schedule: a runner without one does not hold what reads them
  const load = () => {
    scheduler ??= import("./scheduler.ts").then((module) => new module.Scheduler({ table, onFired: fired, cancelRun, onProblem }));
    return scheduler;
  };
  const doing = (work: (scheduler: Scheduler) => void) => {
    load()
      .then((loaded) => !stopped && work(loaded))
      .catch((error) => onProblem("schedules could not be looked at", error));
  };
  /** Runs under way, as far as what comes after them has to know. */
  const running = new Map<string, Omit<EndedRun, "succeeded">>();
  return {
    table,
    report,
    judging: (signing) => ({
      async judge(command, payload) {
        if (command.kind !== "run.start") return signing.judge(command, payload);
        const { runStartPayload } = await import("@deskhand/shared/protocol/commands");
        const read = runStartPayload.safeParse(payload);
        // what cannot be read is refused by who reads it
        if (!read.success) return signing.judge(command, payload);
        const { runId, workflowId, deploymentId, profileId, triggered } = read.data;
        if (workflowId) running.set(runId, { workflowId, deploymentId, profileId, chain: triggered?.chain ?? [], folder: folderOf(runId) });
        const isScheduled = table.isScheduled(runId);
        if (isScheduled || !triggered) return signing.judge({ ...command, isScheduled }, payload);
        const { takeTrigger } = await import("./take-trigger.ts");
        const definition = table.active(deploymentId ?? "");
        if (!takeTrigger({ journal, commandId: command.id, payload: read.data, definition, now: Date.now() })) {
          const { refuse } = await import("../signing/judge-command.ts");
          return refuse("notTriggered");
        }
        return signing.judge({ ...command, isScheduled: true }, payload);
      },
    }),
    runChanged(runId, { state, code }) {
      const ended = running.get(runId);
      if (!ended || state === "running") return;
      running.delete(runId);
      // a runner that stops begins nothing, and who cancels wants an end
      if (stopped || code === "RUNNER_RESTARTED" || (state !== "succeeded" && state !== "failed")) return;
      if (!table.all().some(({ schedule }) => schedule.when.kind === "after")) return;
      load()
        .then((loaded) => loaded.follow({ ...ended, succeeded: state === "succeeded" }))
        .catch((error) => onProblem("what comes after a run could not be begun", error));
    },
    begin: () => {
      if (table.all().length > 0) doing((loaded) => loaded.begin());
    },
    look: () => {
      report.changed();
      doing((loaded) => loaded.look());
    },
    stop: () => {
      stopped = true;
      report.detach();
      if (scheduler) void scheduler.then((loaded) => loaded.stop());
    },
  };
}
