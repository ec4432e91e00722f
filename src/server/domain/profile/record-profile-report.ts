import type { ProfileReport } from "@deskhand/shared/protocol/profile-report";
import type { ProfileNotice } from "@deskhand/shared/schemas/profile-notice";
import type { Context } from "@/server/context";
import { noteEvents } from "@/server/domain/alert/note-events";
import { recordSessionBytes } from "@/server/domain/proxy/record-session-bytes";
import { notifySql, signalTexts } from "@/server/signals";
import { hintProfiles } from "./tell-profiles.ts";

type Record = {
  runnerId: string;
  profiles: ProfileReport["profiles"];
  /** What is added to the runner's clock to get the server's, in milliseconds. */
  clockOffsetMs: number;
};

/** The flag leaves with the next good state; that it was there is kept until somebody has seen it. */
const restoredFlag = "state-restored";
const restored = { kind: restoredFlag } as const;

/** The largest number that the database's integer column holds. */
const MAX_INT = 2_147_483_647;

/** Stores what a runner says of its profiles, and tells who watches. What it says of profiles of others is passed over. */
export async function recordProfileReport(ctx: Context, { runnerId, profiles, clockOffsetMs }: Record): Promise<void> {
  if (profiles.length === 0) return;
  const now = ctx.clock.now().getTime();
  const toOurs = (at: number) => new Date(Math.min(now, at + clockOffsetMs));
  const rows = profiles.map(({ profileId, facts: { revision, holder, stateSavedAt, stateBytes, flags, hibernatingSince } }) => ({
    id: profileId,
    revision: Math.min(revision, MAX_INT),
    holderKind: holder?.kind ?? null,
    holderId: holder?.id ?? null,
    holderSince: holder && toOurs(holder.since),
    stateSavedAt: stateSavedAt === null ? null : toOurs(stateSavedAt),
    stateBytes: stateBytes === null ? null : Math.min(stateBytes, MAX_INT),
    flags,
    hibernatingSince: hibernatingSince === null ? null : toOurs(hibernatingSince),
  }));
  // in the order of their ids, as everybody who holds several profiles
  const changed = await ctx.db.plain.query<{ id: string; projectId: string; isSaved: boolean }>(
    `with held as (
      select given.*, p."projectId", given."stateSavedAt" is distinct from p."stateSavedAt" and given."stateSavedAt" is not null as "isSaved" from jsonb_to_recordset($1::jsonb) as given(id uuid, revision int, "holderKind" text, "holderId" uuid,
        "holderSince" timestamptz, "stateSavedAt" timestamptz, "stateBytes" int, flags text[], "hibernatingSince" timestamptz)
      join "Profile" p on p.id = given.id where p."runnerId" = $2::uuid order by p.id for no key update of p
    )
    update "Profile" p set "appliedRevision" = held.revision, "holderKind" = held."holderKind", "holderId" = held."holderId",
      "holderSince" = held."holderSince", "stateSavedAt" = coalesce(held."stateSavedAt", p."stateSavedAt"),
      "stateBytes" = coalesce(held."stateBytes", p."stateBytes"), "stateFlags" = held.flags, "hibernatingSince" = held."hibernatingSince",
      notices = case when '${restoredFlag}' = any(held.flags) and not '${restoredFlag}' = any(p."stateFlags") and not p.notices @> $4::jsonb
        then p.notices || $3::jsonb else p.notices end
    from held where p.id = held.id
    returning p.id, p."projectId", held."isSaved"`,
    JSON.stringify(rows),
    runnerId,
    JSON.stringify([{ ...restored, code: null, count: 1, at: ctx.clock.now().toISOString() } satisfies ProfileNotice]),
    JSON.stringify([restored]),
  );
  await recordSessionBytes(ctx.db.plain.query, { runnerId, profiles, at: ctx.clock.now() });
  const saved = changed.filter(({ isSaved }) => isSaved);
  if (saved[0]) {
    const { projectId } = saved[0];
    await noteEvents(ctx.db.plain.query, { projectId, type: "profile.state-saved", ids: saved.map(({ id }) => id), at: ctx.clock.now() });
  }
  // of one project
  const hints = changed[0]
    ? hintProfiles(
        changed[0].projectId,
        changed.map(({ id }) => id),
      )
    : [];
  if (hints.length > 0) await ctx.db.plain.query(`select ${notifySql("$1")} as told`, signalTexts(hints));
}
