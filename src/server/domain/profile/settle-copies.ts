import { clonedResult } from "@deskhand/shared/protocol/tasks";
import { DELETED_KEPT_MS } from "@deskhand/shared/schemas/profile-bulk";
import type { Context } from "@/server/context";
import { type Query, queryIn } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { activeStates } from "@/server/domain/run/rules";
import { type Signal, sendSignals } from "@/server/signals";
import { addNotice } from "./add-notice.ts";
import { hintProfiles } from "./tell-profiles.ts";

type Ended = {
  id: string;
  projectId: string;
  runnerId: string;
  /** What the copies were to be made of. */
  profileId: string | null;
  state: string;
  failureCode: string | null;
  result: unknown;
};

/**
 * Takes away the copies that a runner did not make, within the caller's transaction, and has people know why on the profile that they were
 * to be made of. Where the runner has not said which, they can be brought back for 30 days. One on which a run waits stays.
 */
export async function endCopies(query: Query, ctx: Context, command: Ended): Promise<Signal[]> {
  const { id, projectId, runnerId, profileId, state, failureCode } = command;
  const failed = state === "succeeded" ? [] : (clonedResult.safeParse(command.result).data?.failed ?? null);
  const now = ctx.clock.now();
  const gone = await query<{ id: string }>(
    `update "Profile" p set "deletedAt" = $2::timestamptz, "purgeAt" = $3::timestamptz
     where p."copyCommandId" = $1::uuid and p."deletedAt" is null and ($4::uuid[] is null or p.id = any($4::uuid[]))
       and not exists (select 1 from "Run" run where run."profileId" = p.id and run.state::text = any($5::text[]))
     returning p.id`,
    id,
    now,
    failed ? now : new Date(now.getTime() + DELETED_KEPT_MS),
    failed,
    activeStates,
  );
  await query(`update "Profile" set "copyCommandId" = null where "copyCommandId" = $1::uuid`, id);
  if (gone.length === 0 || !profileId) return [];
  await addNotice(query, [profileId], { kind: "not-copied", code: failureCode, count: gone.length, at: now.toISOString() });
  const ids = gone.map((copy) => copy.id);
  await noteEvents(query, { projectId, type: "profile.deleted", ids, at: now });
  return hintProfiles(projectId, [profileId, ...ids], [runnerId]);
}

/** Does so for the commands that ended without a word from their runner. @returns how many */
export async function settleCopies(ctx: Context): Promise<number> {
  const over = await ctx.db.$queryRaw<Ended[]>`
    select c.id, c."projectId", c."runnerId", c.payload ->> 'profileId' as "profileId", c.state::text, c."failureCode", c.result from "Command" c
    where c."finishedAt" is not null and c.id in (select "copyCommandId" from "Profile" where "copyCommandId" is not null)`;
  for (const command of over) {
    await ctx.db.$transaction(async (tx) => {
      await sendSignals(tx, await endCopies(queryIn(tx), ctx, command));
    });
  }
  return over.length;
}
