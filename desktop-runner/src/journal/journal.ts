import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Command, RunStartPayload, TaskResult } from "@deskhand/shared/protocol/commands";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { columns, type JournaledCommand, type Outcome, type PendingEvents, toCommand } from "./command-row.ts";
import { inTransaction, openJournalDatabase, withoutSync } from "./database.ts";

/** Not begun here by a schedule, or the server has been told of it. */
const isKnownThere = "not exists (select 1 from scheduled_runs s where s.run_id = commands.run_id and s.told = 0)";

/**
 * What the runner has promised, written before it is done. Every method is one transaction that is on the disk when it returns;
 * when a write fails it throws and nothing has changed. `clock` gives milliseconds since the epoch.
 */
export class Journal {
  readonly database: DatabaseSync;
  readonly #clock: () => number;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string, options: { clock?: () => number; maxBytes?: number } = {}) {
    this.#clock = options.clock ?? Date.now;
    this.database = openJournalDatabase(file, options);
  }

  close(): void {
    this.#statements.clear();
    if (this.database.isOpen) this.database.close();
  }

  /**
   * Takes a command over. A repeat of one that is known changes its lease only, and has what was delivered sent again from the
   * start when the server asks for a command whose end it had already stored.
   */
  accept(command: Command): "new" | "repeat" {
    const startBy = this.#clock() + command.startWithinMs;
    return inTransaction(this.database, () => {
      const known = this.#run(
        `update commands set lease_token = ?, start_by = ?, acked_seq = case delivered when 1 then 0 else acked_seq end, delivered = 0 where id = ?`,
        command.leaseToken,
        startBy,
        command.id,
      );
      if (known > 0) return "repeat";
      this.#run(
        `insert into commands (id, lease_token, kind, payload, run_id, profile_id, fair_key, state, start_by, accepted_at)
          values (?, ?, ?, ?, ?, ?, ?, 'accepted', ?, ?)`,
        command.id,
        command.leaseToken,
        command.kind,
        JSON.stringify(command.payload),
        command.kind === "run.start" ? command.payload.runId : null,
        command.payload.profileId ?? "",
        command.kind === "run.start" ? (command.payload.deploymentId ?? command.payload.workflowVersionId) : "",
        startBy,
        this.#clock(),
      );
      if (command.kind === "run.start") this.#nameRun(command.payload);
      return "new";
    });
  }

  command(id: string): JournaledCommand | undefined {
    return this.#commands("where id = ?", id)[0];
  }

  commandOfRun(runId: string): JournaledCommand | undefined {
    return this.#commands("where run_id = ?", runId)[0];
  }

  /** The payload as it was accepted; undefined once the command is done. */
  payload(id: string): unknown {
    const row = this.#statement("select payload from commands where id = ?").get(id);
    return typeof row?.payload === "string" ? JSON.parse(row.payload) : undefined;
  }

  /** Accepted and not started, in the order they came. */
  waiting(): JournaledCommand[] {
    return this.#commands("where delivered = 0 and state = 'accepted' order by position");
  }

  /** Of {@link waiting}: how many are no runs, and when the first is too late, milliseconds since the epoch. */
  waitingFacts(): { tasks: number; nextDeadline: number | undefined } {
    const sql = `select count(*) filter (where run_id is null) as tasks, min(start_by) as next from commands
      where delivered = 0 and state = 'accepted'`;
    const row = this.#statement(sql).get();
    return { tasks: Number(row?.tasks), nextDeadline: (row?.next as number | null | undefined) ?? undefined };
  }

  /** Not done: accepted or running. */
  unfinished(): JournaledCommand[] {
    return this.#commands("where state <> 'done' order by position");
  }

  /** What a heartbeat names: everything that the server knows of and whose end it has not stored. */
  holding(limit: number): { commandId: string; leaseToken: string }[] {
    const rows = this.#statement(
      `select id, lease_token from commands where delivered = 0 and ${isKnownThere} order by position limit ?`,
    ).all(limit);
    return rows.map((row) => ({ commandId: String(row.id), leaseToken: String(row.lease_token) }));
  }

  /** False when it was started before, or is done: then it must not be started. */
  markRunning(id: string): boolean {
    return this.#run("update commands set state = 'running' where id = ? and state = 'accepted'", id) > 0;
  }

  markCancelRequested(id: string): void {
    this.#run("update commands set cancel_requested = 1 where id = ? and state <> 'done'", id);
  }

  /** Adds to each run's outbox in order. What comes after a run's `finished` is dropped: a run ends once. */
  append(entries: readonly { runId: string; event: RunEvent }[]): void {
    inTransaction(this.database, () => {
      for (const { runId, event } of entries) this.#append(runId, event);
    });
  }

  /** The end of a command that is not a run, with what it found or made. */
  finish(id: string, outcome: Outcome, failureCode: string | null, result?: TaskResult): void {
    inTransaction(this.database, () => {
      const ended = this.#run(
        "update commands set state = 'done', outcome = ?, failure_code = ?, payload = null, done_at = ? where id = ? and state <> 'done'",
        outcome,
        failureCode,
        this.#clock(),
        id,
      );
      if (ended > 0 && result) this.#run("insert into task_results (command_id, result) values (?, ?)", id, JSON.stringify(result));
    });
  }

  /** What {@link finish} was told of it. */
  result(id: string): TaskResult | undefined {
    const row = this.#statement("select result from task_results where command_id = ?").get(id);
    return row && (JSON.parse(String(row.result)) as TaskResult);
  }

  /** Ends a run from outside of it: its open step fails with the same code, then the run. */
  endRun(runId: string, state: Outcome, failureCode: string | null): void {
    inTransaction(this.database, () => this.#endRun(runId, state, failureCode));
  }

  /**
   * To be called once at the start: runs that were under way when the last process ended get their end, RUNNER_RESTARTED, and
   * are never started again; other commands are safe to repeat and wait for their turn again.
   */
  recover(): JournaledCommand[] {
    return inTransaction(this.database, () => {
      const interrupted = this.#commands("where state = 'running' and run_id is not null order by position");
      for (const { runId } of interrupted) if (runId) this.#endRun(runId, "failed", "RUNNER_RESTARTED");
      this.#run("update commands set state = 'accepted' where state = 'running'");
      return interrupted;
    });
  }

  /** Runs with events that the server has not stored, oldest first; `over` when the last of them is the run's end. */
  runsToSend(): { runId: string; over: boolean }[] {
    const rows = this.#statement(
      `select run_id, state from commands where delivered = 0 and run_id is not null and acked_seq < last_seq and ${isKnownThere} order by position`,
    ).all();
    return rows.map((row) => ({ runId: String(row.run_id), over: row.state === "done" }));
  }

  /** The next events of a run for the server, at most `limit`; undefined when there are none. */
  eventsToSend(runId: string, limit: number): PendingEvents | undefined {
    const command = this.commandOfRun(runId);
    if (!command || command.ackedSeq >= command.lastSeq) return undefined;
    const rows = this.#statement("select event from run_events where run_id = ? and seq > ? order by seq limit ?").all(
      runId,
      command.ackedSeq,
      limit,
    );
    const events = rows.map((row) => JSON.parse(String(row.event)) as RunEvent);
    return { leaseToken: command.leaseToken, firstSeq: command.ackedSeq + 1, events };
  }

  /** The server has stored up to `seq`, which may be less than it said before: then sending goes on from there. */
  acknowledge(runId: string, seq: number): void {
    const sql = `update commands set acked_seq = min(?1, last_seq), delivered = case when state = 'done' and ?1 >= last_seq then 1 else 0 end
      where run_id = ?2`;
    // forgotten, it is sent once more and known there
    withoutSync(this.database, () => this.#run(sql, seq, runId));
  }

  /** Ends of commands that are not runs, not yet acknowledged. */
  outcomesToSend(): JournaledCommand[] {
    return this.#commands("where delivered = 0 and run_id is null and state = 'done' order by position");
  }

  /** The server has the end, or does not want it any more. */
  markDelivered(id: string): void {
    this.#run("update commands set delivered = 1, acked_seq = last_seq where id = ?", id);
  }

  /** Forgets delivered commands that ended before `before`, and all but the newest `keep` of them. Returns how many. */
  prune(before: number, keep: number): number {
    return inTransaction(this.database, () => {
      const removed = this.#run(
        `delete from commands where delivered = 1 and state = 'done' and (done_at < ? or id not in
          (select id from commands where delivered = 1 and state = 'done' order by done_at desc, position desc limit ?))`,
        before,
        keep,
      );
      if (removed > 0) this.#run("delete from task_results where command_id not in (select id from commands)");
      for (const table of removed > 0 ? ["run_events", "run_names", "scheduled_runs"] : []) {
        this.#run(`delete from ${table} where run_id not in (select run_id from commands where run_id is not null)`);
      }
      return removed;
    });
  }

  /** For a new pairing: the commands of the old one are nobody's any more. */
  forgetCommands(): void {
    this.database.exec(
      "begin immediate; delete from run_events; delete from run_names; delete from task_results; delete from commands; commit",
    );
  }

  counts(): { waiting: number; running: number; undelivered: number; unsentEvents: number } {
    const row = this.#statement(
      `select count(*) filter (where state = 'accepted') as waiting, count(*) filter (where state = 'running') as running,
          count(*) filter (where state = 'done' and delivered = 0) as undelivered,
          coalesce(sum(last_seq - acked_seq) filter (where delivered = 0), 0) as unsent from commands`,
    ).get();
    return {
      waiting: Number(row?.waiting),
      running: Number(row?.running),
      undelivered: Number(row?.undelivered),
      unsentEvents: Number(row?.unsent),
    };
  }

  /** SQLite's own check of the file; true when it is whole. */
  isWhole(): boolean {
    return this.#statement("pragma quick_check(1)").get()?.quick_check === "ok";
  }

  /** For people at this computer, who see runs here when the server is away; the payload goes with the run's end. */
  #nameRun({ runId, names, recording }: RunStartPayload): void {
    const workflow = names?.workflow ?? (typeof recording.title === "string" ? recording.title.slice(0, 200) : "");
    this.#run("insert or ignore into run_names (run_id, workflow, profile) values (?, ?, ?)", runId, workflow, names?.profile ?? "");
  }

  #endRun(runId: string, state: Outcome, failureCode: string | null): void {
    const command = this.commandOfRun(runId);
    if (!command || command.state === "done") return;
    const at = this.#clock();
    const step = command.openStep;
    if (step !== null) {
      // how long it really took is not known any more
      this.#append(runId, { kind: "step-finished", at, index: step, state: "failed", durationMs: 0, failureCode });
    }
    this.#append(runId, { kind: "finished", at, state, failureCode, failureStep: state === "failed" ? step : null });
  }

  #append(runId: string, event: RunEvent): void {
    const openStep = event.kind === "step-started" ? event.index : null;
    const known = this.#run(
      `update commands set last_seq = last_seq + 1, open_step = case when ? then ? else open_step end where run_id = ? and state <> 'done'`,
      event.kind === "step-started" || event.kind === "step-finished" || event.kind === "finished" ? 1 : 0,
      openStep,
      runId,
    );
    if (known === 0) return;
    this.#run(
      "insert into run_events (run_id, seq, event) select run_id, last_seq, ? from commands where run_id = ?",
      JSON.stringify(event),
      runId,
    );
    if (event.kind !== "finished") return;
    this.#run(
      "update commands set state = 'done', outcome = ?, failure_code = ?, payload = null, done_at = ? where run_id = ?",
      event.state,
      event.failureCode,
      this.#clock(),
      runId,
    );
  }

  #commands(rest: string, ...parameters: (string | number)[]): JournaledCommand[] {
    return this.#statement(`select ${columns} from commands ${rest}`)
      .all(...parameters)
      .map(toCommand);
  }

  #run(sql: string, ...parameters: (string | number | null)[]): number {
    return Number(this.#statement(sql).run(...parameters).changes);
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
