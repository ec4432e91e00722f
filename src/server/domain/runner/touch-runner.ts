import { type Asked, batched } from "@/server/batch";
import type { Db } from "@/server/db";
import { sendSignals } from "@/server/signals";
import { boundOffset } from "./rules.ts";

type Touch = {
  runnerId: string;
  projectId: string;
  connectionId: string;
  /** How far its clock is off by now, in milliseconds, when that has changed. */
  clockOffsetMs?: number | undefined;
};

/**
 * Notes that the runner was heard on this connection; many that are heard at once, in one statement. A connection that was taken for dead
 * while the database was away gets the runner back, unless another one has it.
 * @returns false when this connection does not hold the runner: another one does, or it may not be connected any more
 */
export const touchRunner = batched<Touch, boolean>({ keyOf: ({ runnerId }) => runnerId, work: touchRunners });

async function touchRunners(db: Db, batch: Asked<Touch>[]): Promise<boolean[]> {
  const rows = batch.map(({ ctx, input: { runnerId, connectionId, clockOffsetMs } }) => ({
    id: runnerId,
    connectionId,
    at: ctx.clock.now(),
    clockOffsetMs: clockOffsetMs === undefined ? null : boundOffset(clockOffsetMs),
  }));
  // in the order of their ids, as everybody who holds several runners: so two of them never wait for each other
  const touched = await db.plain.query<{ id: string }>(
    `with held as (
      select r.id, given."connectionId", given.at, given."clockOffsetMs"
      from jsonb_to_recordset($1::jsonb) as given(id uuid, "connectionId" text, at timestamptz, "clockOffsetMs" int)
        join "Runner" r on r.id = given.id and r."connectionId" = given."connectionId"
      order by r.id for no key update of r
    )
    update "Runner" r set "lastSeenAt" = held.at, "clockOffsetMs" = coalesce(held."clockOffsetMs", r."clockOffsetMs")
    from held where r.id = held.id and r."connectionId" = held."connectionId" and r.status = 'accepted' returning r.id`,
    JSON.stringify(rows),
  );
  const held = new Set(touched.map(({ id }) => id));
  return Promise.all(batch.map(async ({ ctx, input }) => held.has(input.runnerId) || regain(db, input, ctx.clock.now())));
}

async function regain(db: Db, { runnerId, projectId, connectionId }: Touch, lastSeenAt: Date): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const regained = await tx.runner.updateMany({
      where: { id: runnerId, connectionId: null, status: "accepted" },
      data: { connectionId, connectedAt: lastSeenAt, lastSeenAt },
    });
    if (regained.count > 0) await sendSignals(tx, [{ kind: "change", projectId, topic: "runner", id: runnerId }]);
    return regained.count > 0;
  });
}
