import type { ProfileEvent } from "@deskhand/shared/schemas/alert";
import type { Query } from "@/server/db";
import { notifySql, signalTexts } from "@/server/signals";

type Noted = { projectId: string; type: ProfileEvent | "proxy.failed"; ids: readonly string[]; at: Date };
type NotedAlways = { projectId: string; type: "schedule.missed" | "schedule.refused"; ids: readonly string[]; at: Date };

/**
 * Notes that something happened to these, within the caller's transaction, for those whom a rule of the project tells; nothing is written
 * when none asks for it. What was noted already and not told yet is told once.
 */
export async function noteEvents(query: Query, { projectId, type, ids, at }: Noted): Promise<void> {
  if (ids.length === 0) return;
  const noted = await query(
    `insert into "Event" (id, "projectId", type, "subjectId", at)
     select gen_random_uuid(), $1::uuid, $2, subject, $4::timestamptz from unnest($3::uuid[]) subject
     where exists (select 1 from "AlertRule" r where r."projectId" = $1::uuid and $2 = any(r.events))
     on conflict (type, "subjectId") do nothing returning id`,
    projectId,
    type,
    ids,
    at,
  );
  // a state is saved again and again: the job of the minute is soon enough
  if (noted.length > 0 && type !== "profile.state-saved")
    await query(`select ${notifySql("$1")} as told`, signalTexts([{ kind: "alerts" }]));
}

/** As {@link noteEvents}, for what the alerts page tells also where no rule asks for it. */
export async function noteAlways(query: Query, { projectId, type, ids, at }: NotedAlways): Promise<void> {
  if (ids.length === 0) return;
  await query(
    `with noted as (
      insert into "Event" (id, "projectId", type, "subjectId", at)
      select gen_random_uuid(), $1::uuid, $2, subject, $4::timestamptz from unnest($3::uuid[]) subject
      on conflict (type, "subjectId") do nothing
    )
    select ${notifySql("$5")} as told`,
    projectId,
    type,
    ids,
    at,
    signalTexts([{ kind: "alerts" }]),
  );
}
