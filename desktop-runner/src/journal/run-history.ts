import type { JournaledCommand, Outcome } from "./command-row.ts";
import type { Journal } from "./journal.ts";

/** A run as this computer knows it. Names are empty when the server did not tell them; times are milliseconds since the epoch. */
export type KnownRun = {
  runId: string;
  workflow: string;
  profile: string;
  profileId: string;
  state: JournaledCommand["state"];
  cancelRequested: boolean;
  outcome: Outcome | null;
  failureCode: string | null;
  acceptedAt: number;
  /** Null for a run that has not begun, or never did. */
  startedAt: number | null;
  endedAt: number | null;
};

/**
 * What this runner runs and ran lately, read from the journal: first what is under way, then what waits in the order that it came, then
 * what has ended, newest first. At most `limit` of those that wait and of those that ended; what is under way is bounded by itself.
 */
export function listRuns(journal: Journal, limit: number): KnownRun[] {
  const sql = (
    rest: string,
  ) => `select c.run_id, c.profile_id, c.state, c.cancel_requested, c.outcome, c.failure_code, c.accepted_at, c.done_at,
      n.workflow, n.profile, case when json_extract(e.event, '$.kind') = 'started' then json_extract(e.event, '$.at') end as started_at
    from commands c left join run_names n on n.run_id = c.run_id left join run_events e on e.run_id = c.run_id and e.seq = 1
    where c.run_id is not null and ${rest}`;
  const read = (rest: string, ...parameters: number[]) =>
    journal.database
      .prepare(sql(rest))
      .all(...parameters)
      .map(toRun);
  return [
    ...read("c.state = 'running' order by c.position"),
    ...read("c.state = 'accepted' order by c.position limit ?", limit),
    ...read("c.state = 'done' order by c.done_at desc, c.position desc limit ?", limit),
  ];
}

function toRun(row: Record<string, unknown>): KnownRun {
  return {
    runId: String(row.run_id),
    workflow: String(row.workflow ?? ""),
    profile: String(row.profile ?? ""),
    profileId: String(row.profile_id),
    state: row.state as KnownRun["state"],
    cancelRequested: row.cancel_requested === 1,
    outcome: row.outcome as Outcome | null,
    failureCode: row.failure_code as string | null,
    acceptedAt: Number(row.accepted_at),
    startedAt: row.started_at === null ? null : Number(row.started_at),
    endedAt: row.done_at === null ? null : Number(row.done_at),
  };
}

/** What people call a run; empty words when it is unknown. */
export function nameOfRun(journal: Journal, runId: string): { workflow: string; profile: string } {
  const row = journal.database.prepare("select workflow, profile from run_names where run_id = ?").get(runId);
  return { workflow: String(row?.workflow ?? ""), profile: String(row?.profile ?? "") };
}
