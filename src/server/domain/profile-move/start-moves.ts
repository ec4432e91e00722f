import { moveOrders } from "@deskhand/shared/schemas/profile-move";
import type { Context } from "@/server/context";
import type { Query } from "@/server/db";
import { enqueueCommands } from "@/server/domain/command/enqueue-command";
import { PARCEL_KEPT_MS } from "@/server/domain/parcel/rules";
import { hashSecret } from "@/server/secrets";
import { asRequester, holdMove, holdWaiting } from "./held-move.ts";
import { MOVES_AT_ONCE } from "./rules.ts";

/** Begins as many of a project's moves as may be under way: their runners are asked to put the profiles into parcels. */
export async function startMoves(query: Query, ctx: Context, projectId: string): Promise<void> {
  const [busy] = await query<{ count: number }>(
    `select count(*)::int as count from "ProfileMove" where "projectId" = $1::uuid and state in ('sending', 'taking')`,
    projectId,
  );
  const places = MOVES_AT_ONCE - (busy?.count ?? 0);
  if (places <= 0) return;
  const now = ctx.clock.now();
  const deadlineAt = new Date(now.getTime() + PARCEL_KEPT_MS);
  for (const move of await holdWaiting(query, projectId, places)) {
    const { id, fromRunnerId: runnerId, order } = move;
    await query(
      `insert into "Parcel" (id, "projectId", "tokenHash", "createdAt", "expiresAt") values ($1::uuid, $2::uuid, $3, $4, $5)`,
      id,
      projectId,
      hashSecret(order.token),
      now,
      deadlineAt,
    );
    const signed = order.signedOut ? { signedManifest: order.signedOut } : {};
    const payload = { requestedBy: { userId: null }, ...moveOrders(order).out, ...signed };
    const [command] = await enqueueCommands(query, asRequester(ctx, move), [
      { projectId, runnerId, kind: "profile.move-out", payload, deadlineAt },
    ]);
    await query(`update "ProfileMove" set state = 'sending', "outCommandId" = $2::uuid where id = $1::uuid`, id, command?.id ?? null);
  }
}

/** The profile's file is there, under this id: the runner that it goes to is asked to take it, while the file is kept for so long. */
export async function takeMoved(query: Query, ctx: Context, id: string): Promise<void> {
  const move = await holdMove(query, { id });
  if (move?.state !== "sending") return;
  const { projectId, toRunnerId: runnerId, order } = move;
  const deadlineAt = new Date(ctx.clock.now().getTime() + PARCEL_KEPT_MS);
  const signed = order.signedIn ? { signedManifest: order.signedIn } : {};
  const payload = { requestedBy: { userId: null }, ...moveOrders(order).in, ...signed };
  const [command] = await enqueueCommands(query, asRequester(ctx, move), [
    { projectId, runnerId, kind: "profile.move-in", payload, deadlineAt },
  ]);
  await query(`update "Parcel" set "expiresAt" = $2 where id = $1::uuid`, id, deadlineAt);
  await query(`update "ProfileMove" set state = 'taking', "inCommandId" = $2::uuid where id = $1::uuid`, id, command?.id ?? null);
}
