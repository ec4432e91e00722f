import type { Tx } from "@/server/db";
import { type Signal, sendSignals } from "@/server/signals";

/** With more profiles than this, watchers get one hint for all of them rather than one for each. */
const HINTS_AT_MOST = 20;

/** Tells who watches that these profiles have changed, and with `runners` that their runners' figures have. */
export async function tellProfiles(
  tx: Tx,
  projectId: string,
  profiles: readonly { id: string; runnerId: string }[],
  { runners = false } = {},
): Promise<void> {
  const runnerIds = runners ? [...new Set(profiles.map(({ runnerId }) => runnerId))] : [];
  const ids = profiles.map(({ id }) => id);
  await sendSignals(tx, hintProfiles(projectId, ids, runnerIds));
}

/** What {@link tellProfiles} tells. */
export function hintProfiles(projectId: string, ids: readonly string[], runnerIds: readonly string[] = []): Signal[] {
  const hinted = ids.length <= HINTS_AT_MOST ? ids : ids.slice(0, 1);
  return [
    ...hinted.map((id): Signal => ({ kind: "change", projectId, topic: "profile", id })),
    ...runnerIds.map((id): Signal => ({ kind: "change", projectId, topic: "runner", id })),
  ];
}
