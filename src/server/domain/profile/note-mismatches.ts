import type { Query } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { addNotice } from "./add-notice.ts";

type Kept = { projectId: string; runnerId: string; ids: readonly string[]; at: Date };

/**
 * Has people know, within the caller's transaction, that these profiles were not opened because where their proxy leads out does not fit.
 * One whose notice nobody has seen yet has no second one. What a runner says of profiles of others is passed over.
 */
export async function noteMismatches(query: Query, { projectId, runnerId, ids, at }: Kept): Promise<void> {
  if (ids.length === 0) return;
  const kept = await query<{ id: string; isNoticed: boolean }>(
    `select id, notices @> '[{"kind": "proxy-mismatch"}]'::jsonb as "isNoticed" from "Profile"
     where id = any($1::uuid[]) and "projectId" = $2::uuid and "runnerId" = $3::uuid order by id for no key update`,
    ids,
    projectId,
    runnerId,
  );
  const fresh = kept.filter(({ isNoticed }) => !isNoticed).map(({ id }) => id);
  await addNotice(query, fresh, { kind: "proxy-mismatch", code: null, count: 1, at: at.toISOString() });
  await noteEvents(query, { projectId, type: "profile.proxy-mismatch", ids: kept.map(({ id }) => id), at });
}
