import { isFinal } from "@deskhand/shared/schemas/run";
import { type Asked, batched } from "@/server/batch";
import type { Db, Query } from "@/server/db";
import { Changes, type HeldCommand, holdCommands } from "./change-state.ts";
import { LEASE_MS } from "./rules.ts";

type Extend = { runnerId: string; holding: { commandId: string; leaseToken: string }[]; leaseMs?: number };
type Extended = { cancel: string[] };

/**
 * The runner names what it holds. Leases of those are extended; one that was sent and whose acceptance was lost is accepted by this.
 * What many runners name at once is one transaction, and none where they name nothing.
 * @returns ids of commands to stop: those whose cancel was asked, and those that it holds though they are over, were given up or
 * are unknown here. A runner ignores ids that it is done with.
 */
export const extendLeases = batched<Extend, Extended>({ keyOf: ({ runnerId }) => runnerId, work: extendForRunners });

async function extendForRunners(db: Db, batch: Asked<Extend>[]): Promise<Extended[]> {
  const runnerIds = batch.map(({ input }) => input.runnerId);
  const named = [...new Set(batch.flatMap(({ input }) => input.holding.map(({ commandId }) => commandId)))];
  const work = async (query: Query): Promise<Extended[]> => {
    const held = named.length === 0 ? new Map<string, HeldCommand>() : await holdCommands(query, named);
    const changes = new Changes();
    const gone = batch.map(({ ctx, input: { runnerId, holding, leaseMs = LEASE_MS } }) =>
      holding.flatMap(({ commandId }) => {
        const command = held.get(commandId);
        if (command?.runnerId !== runnerId || command.state === "queued" || isFinal(command.state)) return [commandId];
        const leaseExpiresAt = new Date(ctx.clock.now().getTime() + leaseMs);
        if (command.state === "leased") changes.move(ctx, command, { to: "accepted", leaseExpiresAt });
        else changes.extend(command, leaseExpiresAt);
        return [];
      }),
    );
    await changes.write(query);
    const cancels = await findCancels(query, runnerIds);
    return batch.map(({ input }, n) => ({ cancel: [...(cancels.get(input.runnerId) ?? []), ...(gone[n] ?? [])] }));
  };
  return named.length === 0 ? work(db.plain.query) : db.plain.transaction(work);
}

/** Ids of the runner's commands whose cancel was asked and not confirmed, at most 1,000, oldest first. */
export const cancelsFor = batched<string, string[]>({
  work: async (db, batch) => {
    const cancels = await findCancels(
      db.plain.query,
      batch.map(({ input }) => input),
    );
    return batch.map(({ input }) => (cancels.get(input) ?? []).slice(0, 1000));
  },
});

async function findCancels(query: Query, runnerIds: string[]): Promise<Map<string, string[]>> {
  const rows = await query<{ runnerId: string; ids: string[] }>(
    `select "runnerId", array_agg(id::text order by position) as ids from "Command"
    where "runnerId" = any($1::uuid[]) and "finishedAt" is null and state <> 'queued' and "cancelRequestedAt" is not null
    group by "runnerId"`,
    runnerIds,
  );
  return new Map(rows.map(({ runnerId, ids }) => [runnerId, ids]));
}
