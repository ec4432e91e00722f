import { randomUUID } from "node:crypto";
import { decideFirings } from "./decide-firings.ts";
import type { NewFiring, ScheduleTable } from "./schedule-table.ts";
import { timesOf } from "./times-of.ts";

/**
 * Has a paused schedule go on, and keeps what passed meanwhile to be told, as one: the newest 500 of very many. One that is not paused stays
 * as it is. False when it is unknown. `now` in milliseconds since the epoch.
 */
export function resumeSchedule(table: ScheduleTable, deploymentId: string, now: number): boolean {
  const installed = table.all().find((one) => one.deploymentId === deploymentId);
  if (!installed) return false;
  if (!installed.paused) return true;
  const { fire, missed, decidedUpTo } = decideFirings({
    times: timesOf(installed),
    missed: { policy: "skip" },
    decidedUpTo: installed.decidedUpTo,
    now,
    lookingSince: now,
  });
  const first = missed?.first ?? fire[0]?.at;
  const count = (missed?.count ?? 0) + fire.length;
  const passed: NewFiring | undefined =
    first === undefined
      ? undefined
      : { id: randomUUID(), deploymentId, dueAt: first, at: now, state: "skipped", reason: "PAUSED", count, runs: [] };
  table.resume(deploymentId, decidedUpTo, passed);
  return true;
}
