import type { Tx } from "@/server/db";
import { findLiveSchedules } from "./live-schedules.ts";

/** Those of the profiles that a schedule or trigger may still run on, on the runner where they are. */
export async function findScheduled(tx: Tx, projectId: string, ids: string[]): Promise<Set<string>> {
  const live = await findLiveSchedules(tx, { projectId, profileIds: { hasSome: ids } });
  return new Set(live.flatMap(({ profileIds }) => profileIds));
}
