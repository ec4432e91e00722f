import { freeName } from "@deskhand/shared/schemas/profile-names";
import type { Context } from "@/server/context";
import type { Query } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import type { Signal } from "@/server/signals";
import { addNotice } from "./add-notice.ts";
import { hintProfiles } from "./tell-profiles.ts";

type Refused = { projectId: string; runnerId: string; commandId: string; ids: readonly string[]; failureCode: string | null };

/**
 * Puts back what a runner was told to delete and did not, within the caller's transaction, and has people know why. One whose name another
 * has by now gets a name beside it; one that was brought back, or deleted anew, meanwhile stays as it is.
 */
export async function putBackProfiles(query: Query, ctx: Context, refused: Refused): Promise<Signal[]> {
  const { projectId, runnerId, commandId, ids, failureCode } = refused;
  // as `lockProject`
  await query(`select 1 from "Project" where id = $1::uuid for no key update`, projectId);
  const held = await query<{ id: string; name: string }>(
    `select p.id, p.name from "Profile" p join "Command" c on c.id = $3::uuid
     where p.id = any($1::uuid[]) and p."runnerId" = $2::uuid and p."deletedAt" <= c."createdAt" order by p.id for update of p`,
    ids,
    runnerId,
    commandId,
  );
  if (held.length === 0) return [];
  const bases = held.map(({ name }) => name.toLowerCase());
  const rows = await query<{ name: string }>(
    `select lower(p.name) as name from "Profile" p join unnest($2::text[]) as given(base) on starts_with(lower(p.name), left(given.base, 60))
     where p."projectId" = $1::uuid and p."deletedAt" is null`,
    projectId,
    bases,
  );
  const taken = new Set(rows.map(({ name }) => name));
  const named = held.map(({ id, name }) => {
    const free = taken.has(name.toLowerCase()) ? freeName(name, "kept", taken) : name;
    taken.add(free.toLowerCase());
    return { id, name: free };
  });
  await query(
    `update "Profile" p set "deletedAt" = null, "purgeAt" = null, name = given.name
     from jsonb_to_recordset($1::jsonb) as given(id uuid, name text) where p.id = given.id`,
    JSON.stringify(named),
  );
  const back = named.map(({ id }) => id);
  const at = ctx.clock.now();
  await addNotice(query, back, { kind: "not-deleted", code: failureCode, count: 1, at: at.toISOString() });
  await noteEvents(query, { projectId, type: "profile.restored", ids: back, at });
  return hintProfiles(projectId, back, [runnerId]);
}
