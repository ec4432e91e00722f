import { type Asked, batched } from "@/server/batch";
import type { Context } from "@/server/context";
import type { Db } from "@/server/db";
import { notifySql, type Signal, sendSignals, signalTexts } from "@/server/signals";
import { OFFLINE_AFTER_MS } from "./rules.ts";

type Disconnect = { runnerId: string; projectId: string; connectionId: string };

/** The connection is gone. A runner that holds another one by now stays online. Many that leave at once are one transaction. */
export const disconnectRunner = batched<Disconnect, void>({ keyOf: ({ connectionId }) => connectionId, work: disconnectRunners });

function disconnectRunners(db: Db, batch: Asked<Disconnect>[]): Promise<undefined[]> {
  return db.plain.transaction(async (query, last) => {
    const rows = batch.map(({ ctx, input }) => ({ id: input.runnerId, connectionId: input.connectionId, at: ctx.clock.now() }));
    const gone = await query<{ id: string; projectId: string }>(
      `with held as (
        select r.id, given."connectionId", given.at
        from jsonb_to_recordset($1::jsonb) as given(id uuid, "connectionId" text, at timestamptz)
          join "Runner" r on r.id = given.id and r."connectionId" = given."connectionId"
        order by r.id for no key update of r
      )
      update "Runner" r set "connectionId" = null, "lastSeenAt" = held.at
      from held where r.id = held.id and r."connectionId" = held."connectionId" returning r.id, r."projectId"`,
      JSON.stringify(rows),
    );
    const hints = gone.map(({ id, projectId }): Signal => ({ kind: "change", projectId, topic: "runner", id }));
    if (hints.length > 0) await last(`select ${notifySql("$1")} as told`, signalTexts(hints));
    return batch.map(() => undefined);
  });
}

/** Clears the connections that a server left behind when it was killed, so that who watches sees those runners go offline. */
export async function dropDeadConnections(ctx: Context): Promise<number> {
  const lastSeenAt = { lt: new Date(ctx.clock.now().getTime() - OFFLINE_AFTER_MS) };
  return ctx.db.$transaction(async (tx) => {
    const dead = await tx.runner.updateManyAndReturn({
      where: { connectionId: { not: null }, lastSeenAt },
      data: { connectionId: null },
      select: { id: true, projectId: true },
    });
    await sendSignals(
      tx,
      dead.map(({ id, projectId }) => ({ kind: "change", projectId, topic: "runner", id })),
    );
    return dead.length;
  });
}
