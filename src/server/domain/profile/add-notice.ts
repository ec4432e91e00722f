import { NOTICES_AT_MOST, type ProfileNotice } from "@deskhand/shared/schemas/profile-notice";
import type { Query } from "@/server/db";

/** Has people know this of these profiles, until somebody has seen it; within the caller's transaction. */
export async function addNotice(query: Query, ids: readonly string[], notice: ProfileNotice): Promise<void> {
  await query(
    `update "Profile" set notices = (select jsonb_agg(kept.value order by kept.n) from (
        select value, n from jsonb_array_elements(notices || $2::jsonb) with ordinality as t(value, n) order by n desc limit $3
      ) kept)
     where id = any($1::uuid[])`,
    ids,
    JSON.stringify([notice]),
    NOTICES_AT_MOST,
  );
}
