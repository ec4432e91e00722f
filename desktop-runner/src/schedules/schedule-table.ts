import type { Firing } from "@deskhand/shared/protocol/firings";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import type { Triggered } from "@deskhand/shared/protocol/triggered";
import type { FiringReason } from "@deskhand/shared/schemas/schedule";
import { inTransaction, withoutSync } from "../journal/database.ts";
import type { Journal } from "../journal/journal.ts";

export type Definition = TaskPayload<"schedule.install">;
/** Times in milliseconds since the epoch. */
export type Installed = {
  deploymentId: string;
  schedule: Definition["schedule"];
  installedAt: number;
  decidedUpTo: number;
  paused: boolean;
};
/** How values came to a run, and what led to it. */
export type Cause = Pick<Triggered, "inputs" | "chain">;
export type NewRun = { runId: string; commandId: string; leaseToken: string; profileId: string; profileName: string };
/** By deployment, the first first; `waits`: it was not begun yet. */
export type Unfinished = ReadonlyMap<string, readonly { runId: string; waits: boolean }[]>;
export type NewFiring = {
  id: string;
  deploymentId: string;
  dueAt: number;
  at: number;
  state: Firing["state"];
  reason: FiringReason | null;
  count: number;
  runs: NewRun[];
  /** What began it, when that was no time. */
  cause?: Cause;
};

/** Deployments that run by themselves, what became of their times, and which runs came of them; in the journal's file. */
export class ScheduleTable {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** One that is known stays as it is: a task may be done twice. */
  install(definition: Definition, now: number): void {
    this.#run(
      "insert into schedules (deployment_id, definition, installed_at, decided_up_to) values (?, ?, ?, ?) on conflict do nothing",
      definition.deploymentId,
      JSON.stringify(definition),
      now,
      now,
    );
  }

  /** What comes while it is paused is passed over. False when it is unknown. */
  pause(deploymentId: string): boolean {
    return this.#run("update schedules set paused = 1 where deployment_id = ?", deploymentId) > 0;
  }

  /** It goes on after this instant; `passed` tells of what came before. */
  resume(deploymentId: string, decidedUpTo: number, passed: NewFiring | undefined): void {
    inTransaction(this.#journal.database, () => {
      this.#run("update schedules set paused = 0, decided_up_to = ? where deployment_id = ?", decidedUpTo, deploymentId);
      if (passed) this.#keep(passed);
    });
  }

  remove(deploymentId: string): void {
    this.#run("delete from schedules where deployment_id = ?", deploymentId);
  }

  all(): Installed[] {
    const sql = `select deployment_id, json_extract(definition, '$.schedule') as schedule, installed_at, decided_up_to, paused from schedules`;
    return this.#all(sql).map((row) => ({
      deploymentId: String(row.deployment_id),
      schedule: JSON.parse(String(row.schedule)) as Definition["schedule"],
      installedAt: Number(row.installed_at),
      decidedUpTo: Number(row.decided_up_to),
      paused: row.paused === 1,
    }));
  }

  definition(deploymentId: string): Definition | undefined {
    const [row] = this.#all("select definition from schedules where deployment_id = ?", deploymentId);
    return row && (JSON.parse(String(row.definition)) as Definition);
  }

  /** Undefined also for one that is paused. */
  active(deploymentId: string): Definition | undefined {
    const paused = this.#all("select 1 from schedules where deployment_id = ? and paused = 1", deploymentId).length > 0;
    return paused ? undefined : this.definition(deploymentId);
  }

  /** Nothing was due up to here. */
  moveOn(deploymentId: string, decidedUpTo: number): void {
    // a power failure may take it: what was looked at in vain is looked at once more
    withoutSync(this.#journal.database, () =>
      this.#run("update schedules set decided_up_to = ? where deployment_id = ?", decidedUpTo, deploymentId),
    );
  }

  /** What was decided of times up to one instant, and the runs that come of it: all on the disk when it returns, or nothing. */
  decide(definition: Definition, decidedUpTo: number, firings: readonly NewFiring[], startBy: number): void {
    inTransaction(this.#journal.database, () => {
      this.#run("update schedules set decided_up_to = ? where deployment_id = ?", decidedUpTo, definition.deploymentId);
      for (const firing of firings) {
        this.#keep(firing);
        for (const run of firing.runs) this.#begin(definition, firing.id, run, startBy, firing.at, firing.cause);
      }
    });
  }

  /** Runs that are not over by their deployment, also those that the server asked for: by hand, again, or for a message. */
  unfinished(): Unfinished {
    const sql = "select run_id, state, fair_key from commands where state <> 'done' and run_id is not null order by position";
    const found = new Map<string, { runId: string; waits: boolean }[]>();
    for (const row of this.#all(sql)) {
      const deploymentId = String(row.fair_key);
      const run = { runId: String(row.run_id), waits: row.state === "accepted" };
      const others = found.get(deploymentId);
      if (others) others.push(run);
      else found.set(deploymentId, [run]);
    }
    return found;
  }

  /** Was it begun here, by a schedule? */
  isScheduled(runId: string): boolean {
    return this.#all("select 1 from scheduled_runs where run_id = ?", runId).length > 0;
  }

  /** Firings that the server has not stored, the first first; at most so many, and so many runs of them together. */
  toTell(limit: number, runsLimit: number): Firing[] {
    const found: Firing[] = [];
    let runCount = 0;
    for (const row of this.#all("select * from firings where told = 0 order by position limit ?", limit)) {
      const sql = `select c.id, c.run_id, c.lease_token, c.profile_id from scheduled_runs s join commands c on c.run_id = s.run_id
        where s.firing_id = ? order by c.position`;
      const runs = this.#all(sql, String(row.id)).map((run) => ({
        runId: String(run.run_id),
        commandId: String(run.id),
        leaseToken: String(run.lease_token),
        profileId: String(run.profile_id),
      }));
      runCount += runs.length;
      if (found.length > 0 && runCount > runsLimit) break;
      found.push({
        id: String(row.id),
        deploymentId: String(row.deployment_id),
        dueAt: Number(row.due_at),
        at: Number(row.at),
        state: row.state as Firing["state"],
        reason: row.reason as FiringReason | null,
        count: Number(row.count),
        runs,
      });
    }
    return found;
  }

  /** The server has them: from here on it is told what becomes of their runs. */
  markTold(firingIds: readonly string[]): void {
    inTransaction(this.#journal.database, () => {
      for (const id of firingIds) {
        this.#run("delete from firings where id = ?", id);
        this.#run("update scheduled_runs set told = 1 where firing_id = ?", id);
      }
    });
  }

  #keep({ id, deploymentId, dueAt, at, state, reason, count }: NewFiring): void {
    const sql = "insert into firings (id, deployment_id, due_at, at, state, reason, count) values (?, ?, ?, ?, ?, ?, ?)";
    this.#run(sql, id, deploymentId, dueAt, at, state, reason, count);
  }

  #begin(definition: Definition, firingId: string, run: NewRun, startBy: number, at: number, cause: Cause | undefined): void {
    const { runId, commandId, leaseToken, profileId, profileName } = run;
    const { requestedBy, names, workflowVersionId, workflowId, recording, workflows, inputs, signedManifest, deploymentId } = definition;
    const payload = {
      requestedBy,
      names: { ...names, profile: profileName },
      runId,
      profileId,
      workflowVersionId,
      workflowId,
      deploymentId,
      ...(cause && { triggered: { firingId, ...cause } }),
      recording,
      workflows,
      inputs,
      signedManifest,
    };
    this.#run(
      `insert into commands (id, lease_token, kind, payload, run_id, profile_id, fair_key, state, start_by, accepted_at)
        values (?, ?, 'run.start', ?, ?, ?, ?, 'accepted', ?, ?)`,
      commandId,
      leaseToken,
      JSON.stringify(payload),
      runId,
      profileId,
      deploymentId,
      startBy,
      at,
    );
    this.#run("insert into scheduled_runs (run_id, firing_id, deployment_id) values (?, ?, ?)", runId, firingId, deploymentId);
    this.#run("insert into run_names (run_id, workflow, profile) values (?, ?, ?)", runId, names.workflow, profileName);
  }

  #all(sql: string, ...parameters: (string | number)[]): Record<string, unknown>[] {
    return this.#journal.database.prepare(sql).all(...parameters);
  }

  #run(sql: string, ...parameters: (string | number | null)[]): number {
    return Number(this.#journal.database.prepare(sql).run(...parameters).changes);
  }
}
