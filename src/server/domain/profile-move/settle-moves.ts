import type { Context } from "@/server/context";
import { queryIn } from "@/server/db";
import { sendSignals } from "@/server/signals";
import { failMove } from "./end-move.ts";
import { holdMove } from "./held-move.ts";
import { startMoves } from "./start-moves.ts";

/**
 * Ends the moves whose runner was never told of them in time, was revoked or lost: their commands were ended without a word from it. And
 * begins what waits for no reason. @returns how many were ended
 */
export async function settleMoves(ctx: Context): Promise<number> {
  const ended = await endSettled(ctx);
  const waiting = await ctx.db.profileMove.groupBy({ by: ["projectId"], where: { state: "waiting" } });
  for (const { projectId } of waiting) {
    await ctx.db
      .$transaction((tx) => startMoves(queryIn(tx), ctx, projectId))
      .catch((error: unknown) => ctx.logger.error({ projectId, err: error }, "moves could not be begun; the next sweep tries again"));
  }
  return ended;
}

/** Ends those, or this one if it is one of those. */
export async function endSettled(ctx: Context, only?: string): Promise<number> {
  const over = await ctx.db.$queryRaw<{ id: string; state: string; isCancelled: boolean; failureCode: string | null }[]>`
    select m.id, m.state::text, c.state = 'cancelled' as "isCancelled", c."failureCode" from "ProfileMove" m
    join "Command" c on c.id = case m.state when 'sending' then m."outCommandId" else m."inCommandId" end
    where m.state in ('sending', 'taking') and c."finishedAt" is not null and c.state <> 'succeeded'
      and (${only ?? null}::uuid is null or m.id = ${only ?? null}::uuid)`;
  for (const { id, state, ...end } of over) {
    await ctx.db.$transaction(async (tx) => {
      const query = queryIn(tx);
      const move = await holdMove(query, { id });
      // the file may have come at this moment
      if (move?.state === state) await sendSignals(tx, await failMove(query, ctx, move, end));
    });
  }
  return over.length;
}
