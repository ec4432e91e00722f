import type { ProfileReport } from "@deskhand/shared/protocol/profile-report";
import type { ProfileEvent } from "@deskhand/shared/schemas/alert";
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

/** A program was kept from it, as windows and sessions are (`noteMismatches`): noted once until somebody has seen it. */
const keptFrom = { kind: "proxy-mismatch" } as const;

type News = "isSaved" | "isRestored" | "isKeptFrom" | "isOpened" | "isClosed";
type Changed = { id: string; projectId: string } & { [news in News]: boolean };
const told: [ProfileEvent, News][] = [
  ["profile.state-saved", "isSaved"],
  ["profile.state-restored", "isRestored"],
  ["profile.proxy-mismatch", "isKeptFrom"],
  ["profile.opened", "isOpened"],
  ["profile.closed", "isClosed"],
];

/** Kept open by somebody or for something, a run aside; one that hibernates is. */
function isOpen(row: "given" | "p"): string {
  return `(coalesce(${row}."holderKind" in ('window', 'session', 'connect'), false) or ${row}."hibernatingSince" is not null)`;
}

/** The largest number that the database's integer column holds. */
const MAX_INT = 2_147_483_647;
/** The end of the year 9999, milliseconds since the epoch. */
const MAX_TIME = 253_402_300_799_999;

/** Stores what a runner says of its profiles, and tells who watches. What it says of profiles of others is passed over. */
export async function recordProfileReport(ctx: Context, { runnerId, profiles, clockOffsetMs }: Record): Promise<void> {
  if (profiles.length === 0) return;
  const now = ctx.clock.now().getTime();
  const toOurs = (at: number) => new Date(Math.min(now, at + clockOffsetMs));
  const noticeOf = (kind: ProfileNotice["kind"]) =>
    JSON.stringify([{ kind, code: null, count: 1, at: ctx.clock.now().toISOString() } satisfies ProfileNotice]);
  const rows = profiles.map(
    ({ profileId, facts: { revision, holder, stateSavedAt, stateBytes, flags, hibernatingSince, mismatchAt } }) => ({
      id: profileId,
      revision: Math.min(revision, MAX_INT),
      holderKind: holder?.kind ?? null,
      holderId: holder?.id ?? null,
      holderSince: holder && toOurs(holder.since),
      stateSavedAt: stateSavedAt === null ? null : toOurs(stateSavedAt),
      stateBytes: stateBytes === null ? null : Math.min(stateBytes, MAX_INT),
      flags,
      hibernatingSince: hibernatingSince === null ? null : toOurs(hibernatingSince),
      // by its own clock: how far that is off is measured anew for each report
      mismatchAt: mismatchAt === undefined ? null : new Date(Math.min(mismatchAt, MAX_TIME)),
    }),
  );
  // in the order of their ids, as everybody who holds several profiles
  const changed = await ctx.db.plain.query<Changed>(
    `with held as (
      select given.*, p."projectId", ${isOpen("given")} as "isOpen", ${isOpen("p")} as "wasOpen",
        '${restoredFlag}' = any(given.flags) and not '${restoredFlag}' = any(p."stateFlags") as "isRestored",
        coalesce(given."mismatchAt" > coalesce(p."mismatchAt", '-infinity'), false) as "isKeptFrom",
        given."stateSavedAt" is distinct from p."stateSavedAt" and given."stateSavedAt" is not null as "isSaved"
      from jsonb_to_recordset($1::jsonb) as given(id uuid, revision int, "holderKind" text, "holderId" uuid,
        "holderSince" timestamptz, "stateSavedAt" timestamptz, "stateBytes" int, flags text[], "hibernatingSince" timestamptz, "mismatchAt" timestamptz)
      join "Profile" p on p.id = given.id where p."runnerId" = $2::uuid order by p.id for no key update of p
    )
    update "Profile" p set "appliedRevision" = held.revision, "holderKind" = held."holderKind", "holderId" = held."holderId",
      "holderSince" = held."holderSince", "stateSavedAt" = coalesce(held."stateSavedAt", p."stateSavedAt"),
      "stateBytes" = coalesce(held."stateBytes", p."stateBytes"), "stateFlags" = held.flags, "hibernatingSince" = held."hibernatingSince",
      "mismatchAt" = greatest(p."mismatchAt", held."mismatchAt"),
      notices = p.notices || case when held."isRestored" and not p.notices @> $4::jsonb then $3::jsonb else '[]' end
        || case when held."isKeptFrom" and not p.notices @> $6::jsonb then $5::jsonb else '[]' end
    from held where p.id = held.id
    returning p.id, p."projectId", held."isSaved", held."isRestored", held."isKeptFrom", held."isOpen" and not held."wasOpen" as "isOpened",
      held."wasOpen" and not held."isOpen" as "isClosed"`,
    JSON.stringify(rows),
    runnerId,
    noticeOf(restored.kind),
    JSON.stringify([restored]),
    noticeOf(keptFrom.kind),
    JSON.stringify([keptFrom]),
  );
  await recordSessionBytes(ctx.db.plain.query, { runnerId, profiles, at: ctx.clock.now() });
  for (const [type, isSo] of told) {
    const ids = changed.filter((profile) => profile[isSo]).map(({ id }) => id);
    if (changed[0]) await noteEvents(ctx.db.plain.query, { projectId: changed[0].projectId, type, ids, at: ctx.clock.now() });
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
