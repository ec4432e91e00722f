import type { ProfileMoveOrder } from "@deskhand/shared/schemas/profile-move";
import type { Context } from "@/server/context";
import type { Query } from "@/server/db";

export type HeldMove = {
  id: string;
  projectId: string;
  profileId: string;
  fromRunnerId: string;
  toRunnerId: string;
  state: "waiting" | "sending" | "taking";
  order: ProfileMoveOrder;
  requestedById: string | null;
};

const columns = `id, "projectId", "profileId", "fromRunnerId", "toRunnerId", state::text, orders as "order", "requestedById"`;

/** A move that is not over, held until the transaction ends. Whoever holds a command as well has held that first. */
export async function holdMove(query: Query, where: { id: string } | { outCommandId: string } | { inCommandId: string }) {
  const [[column, id] = []] = Object.entries(where);
  const [move] = await query<HeldMove>(
    `select ${columns} from "ProfileMove" where "${column}" = $1::uuid and state in ('waiting', 'sending', 'taking') for update`,
    id,
  );
  return move;
}

/** The first of a project's that wait, held; others that do the same are passed over. */
export function holdWaiting(query: Query, projectId: string, limit: number): Promise<HeldMove[]> {
  return query<HeldMove>(
    `select ${columns} from "ProfileMove" where "projectId" = $1::uuid and state = 'waiting' order by "createdAt", id limit $2::int
     for update skip locked`,
    projectId,
    limit,
  );
}

/** What follows from a move is done in the name of who wanted it: a runner may heed only some people. */
export function asRequester(ctx: Context, { id, requestedById }: Pick<HeldMove, "id" | "requestedById">): Context {
  return requestedById === null ? ctx : { ...ctx, actor: { kind: "user", userId: requestedById, sessionId: id } };
}
