import { moveInResult } from "@deskhand/shared/protocol/tasks";
import { moveOrders } from "@deskhand/shared/schemas/profile-move";
import type { Context } from "@/server/context";
import type { Query } from "@/server/db";
import { noteEvents } from "@/server/domain/alert/note-events";
import { enqueueCommands } from "@/server/domain/command/enqueue-command";
import { TASK_WITHIN_MS } from "@/server/domain/profile/rules";
import type { Signal } from "@/server/signals";
import { asRequester, type HeldMove } from "./held-move.ts";
import { startMoves } from "./start-moves.ts";

/**
 * The other runner has all of the profile: from here on it is that one's, and the first one is asked to put its own aside. `result` is what
 * the other one said of it.
 */
export async function completeMove(query: Query, ctx: Context, move: HeldMove, result: unknown): Promise<Signal[]> {
  const { id, projectId, profileId, fromRunnerId, toRunnerId, order } = move;
  const told = moveInResult.safeParse(result).data;
  const savedAt = told?.stateSavedAt == null ? null : new Date(Math.min(told.stateSavedAt, ctx.clock.now().getTime()));
  await query(
    `update "Profile" set "runnerId" = $2::uuid, "moveId" = null, "holderKind" = null, "holderId" = null, "holderSince" = null,
      "appliedRevision" = $3::int, "stateSavedAt" = coalesce($4::timestamptz, "stateSavedAt"), "stateBytes" = coalesce($5::int, "stateBytes"),
      "stateFlags" = $6::text[]
     where id = $1::uuid and "moveId" = $7::uuid`,
    profileId,
    toRunnerId,
    told?.revision ?? 0,
    savedAt,
    told?.stateBytes ?? null,
    told?.flags ?? [],
    id,
  );
  // of those that were changed meanwhile, the secrets that came along are the old ones
  await query(
    `update "Proxy" x set "knownTo" = array_append(x."knownTo", $2::uuid) from jsonb_to_recordset($3::jsonb) as given(id uuid, revision int)
     where x.id = given.id and x.revision = given.revision and x."projectId" = $1::uuid and not $2::uuid = any(x."knownTo")`,
    projectId,
    toRunnerId,
    JSON.stringify(told?.proxies ?? []),
  );
  const arrived = told?.pool ? await notePool(query, { projectId, runnerId: toRunnerId, pool: told.pool }) : [];
  await noteEvents(query, { projectId, type: "profile.moved", ids: [profileId], at: ctx.clock.now() });
  const deadlineAt = new Date(ctx.clock.now().getTime() + TASK_WITHIN_MS);
  const signed = order.signedDelete ? { signedManifest: order.signedDelete } : {};
  const payload = { requestedBy: { userId: null }, ...moveOrders(order).delete, ...signed };
  await enqueueCommands(query, asRequester(ctx, move), [
    { projectId, runnerId: fromRunnerId, kind: "profile.delete", payload, deadlineAt },
  ]);
  return [...(await close(query, ctx, move, { state: "moved", failureCode: null })), ...arrived];
}

type Arrived = { projectId: string; runnerId: string; pool: { id: string; revision: number } };

/** The pool came along with the profile: where it is as it is now, and all of its proxies are known there, that runner need not be sent it. */
async function notePool(query: Query, { projectId, runnerId, pool }: Arrived): Promise<Signal[]> {
  const noted = await query<{ id: string }>(
    `update "ProxyPool" p set "knownTo" = array_append(p."knownTo", $2::uuid)
     where p.id = $3::uuid and p.revision = $4::int and p."projectId" = $1::uuid and not $2::uuid = any(p."knownTo")
       and not exists (
         select 1 from "ProxyPoolMember" m join "Proxy" x on x.id = m."proxyId"
         where m."poolId" = p.id and not $2::uuid = any(x."knownTo")
       )
     returning p.id`,
    projectId,
    runnerId,
    pool.id,
    pool.revision,
  );
  return noted.map(({ id }): Signal => ({ kind: "change", projectId, topic: "proxy", id }));
}

/** The profile stays where it was. */
export async function failMove(
  query: Query,
  ctx: Context,
  move: HeldMove,
  { isCancelled, failureCode }: { isCancelled: boolean; failureCode: string | null },
): Promise<Signal[]> {
  await query(`update "Profile" set "moveId" = null where id = $1::uuid and "moveId" = $2::uuid`, move.profileId, move.id);
  const { projectId, profileId } = move;
  if (!isCancelled) await noteEvents(query, { projectId, type: "profile.move-failed", ids: [profileId], at: ctx.clock.now() });
  return close(query, ctx, move, { state: isCancelled ? "cancelled" : "failed", failureCode });
}

type End = { state: "moved" | "failed" | "cancelled"; failureCode: string | null };

async function close(query: Query, ctx: Context, move: HeldMove, { state, failureCode }: End): Promise<Signal[]> {
  const { id, projectId, profileId, fromRunnerId, toRunnerId } = move;
  await query(
    `update "ProfileMove" set state = $2::"ProfileMoveState", "failureCode" = $3, "finishedAt" = $4, orders = '{}' where id = $1::uuid`,
    id,
    state,
    failureCode,
    ctx.clock.now(),
  );
  // the runner that put it there sees by this that it is over
  await query(`delete from "Parcel" where id = $1::uuid`, id);
  await startMoves(query, ctx, projectId);
  return [
    { kind: "change", projectId, topic: "profile", id: profileId },
    ...[fromRunnerId, toRunnerId].map((runnerId): Signal => ({ kind: "change", projectId, topic: "runner", id: runnerId })),
  ];
}
