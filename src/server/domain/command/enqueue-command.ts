import { randomUUID } from "node:crypto";
import { command as commandMessage, type RunStartPayload } from "@deskhand/shared/protocol/commands";
import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import { actorName, type Context } from "@/server/context";
import { type Query, queryIn, type Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import { claimRequest } from "@/server/idempotency";
import { metrics } from "@/server/metrics";
import { newId } from "@/server/new-id";
import { notifySql, type Signal, signalTexts } from "@/server/signals";
import { nearbyRunners, type QueuedNearby } from "./nearby-runners.ts";

type Enqueue = {
  projectId: string;
  runnerId: string;
  runId?: string;
  /** After this instant a command that has not started is not started any more. */
  deadlineAt: Date;
} & ({ kind: "run.start"; payload: RunStartPayload } | { [Kind in TaskKind]: { kind: Kind; payload: TaskPayload<Kind> } }[TaskKind]);

/**
 * Queues a message to a runner within the caller's transaction; it is delivered once that commits, in the order of the queueing.
 * The caller has authorized it. A run's row must exist before its command.
 */
export async function enqueueCommand(tx: Tx, ctx: Context, input: Enqueue): Promise<{ id: string }> {
  const [command] = await enqueueCommands(queryIn(tx), ctx, [input]);
  if (!command) throw new AppError("INTERNAL");
  return command;
}

// One statement with its history and its hints, however many. What is for a runner that this process is connected to, and which has
// nothing that waits before it, is leased in the same breath, as `lease-commands.ts` does. Half of the window is for this: the runner is
// not held, so several may count the same places at once
const enqueueSql = `
  with given as (
    select * from rows from (jsonb_to_recordset($1::jsonb) as (id uuid, "transitionId" uuid, "projectId" uuid, "runnerId" uuid,
      "runId" uuid, kind text, payload jsonb, "deadlineAt" timestamptz, "connectionId" text, places int, "leaseToken" uuid,
      "leaseExpiresAt" timestamptz, "leaseTransitionId" uuid)) with ordinality as given(id, "transitionId", "projectId", "runnerId",
      "runId", kind, payload, "deadlineAt", "connectionId", places, "leaseToken", "leaseExpiresAt", "leaseTransitionId", n)
  ), near as (
    select asked."runnerId", asked.places - busy.count as places
    from (select distinct "runnerId", "connectionId", places from given where "connectionId" is not null) asked
      cross join lateral (
        select 1 from "Runner" r
        where r.id = asked."runnerId" and r."connectionId" = asked."connectionId" and r.status = 'accepted'
        limit 1 -- so that it is looked up by its key, also by a plan that was made while the table was small
      ) r
      cross join lateral (
        select count(*)::int, bool_or(b.state = 'queued' or (b.state = 'leased' and b."leaseExpiresAt" <= $3::timestamptz)) as waits
        from "Command" b where b."runnerId" = asked."runnerId" and b."finishedAt" is null
      ) busy
    where busy.waits is not true
  ), placed as (
    select given.*, given."leaseToken" is not null and row_number() over (partition by given."runnerId" order by n) <= near.places as "isLeased"
    from given left join near on near."runnerId" = given."runnerId"
  ), commands as (
    insert into "Command" (id, "projectId", "runnerId", "runId", kind, payload, "deadlineAt", "requestedById", "createdAt",
      state, "leaseToken", "leaseExpiresAt", attempts)
    select id, "projectId", "runnerId", "runId", kind, payload, "deadlineAt", $2::uuid, $3::timestamptz,
      (case when "isLeased" then 'leased' else 'queued' end)::"CommandState", case when "isLeased" then "leaseToken" end,
      case when "isLeased" then "leaseExpiresAt" end, case when "isLeased" then 1 else 0 end
    from placed order by n
  ), history as (
    insert into "CommandTransition" (id, "commandId", "from", "to", actor, at)
    select "transitionId", id, null::"CommandState", 'queued'::"CommandState", $4, $3::timestamptz from placed
    union all
    select "leaseTransitionId", id, 'queued'::"CommandState", 'leased'::"CommandState", 'system', $3::timestamptz from placed where "isLeased"
  )
  select array(select id::text from placed where "isLeased") as leased, ${notifySql("$5")} as told`;

/** As {@link enqueueCommand}, for several, in the given order. */
export async function enqueueCommands(query: Query, ctx: Context, inputs: Enqueue[]): Promise<{ id: string }[]> {
  await claimRequest(query, ctx);
  const requestedById = "userId" in ctx.actor ? ctx.actor.userId : null;
  const now = ctx.clock.now();
  const rows = inputs.map((input) => toRow(ctx, input, requestedById, now));
  const deliveryId = rows.some(({ lease }) => lease) ? randomUUID() : undefined;
  const hints = inputs.map(({ runnerId }): Signal => ({ kind: "commands", runnerId, ...(deliveryId ? { deliveryId } : {}) }));
  const stored = query<{ leased: string[] }>(
    enqueueSql,
    JSON.stringify(rows.map(({ row, lease }) => ({ ...row, ...lease?.row }))),
    requestedById,
    now,
    actorName(ctx.actor),
    signalTexts(hints),
  );
  if (deliveryId) {
    const queued = stored.then(([done]) => toQueued(rows, new Set(done?.leased), now));
    const nearby = rows.flatMap(({ row, lease }) => (lease ? [row] : []));
    nearbyRunners(ctx.db).keep(deliveryId, nearby, queued);
  }
  const leased = new Set((await stored)[0]?.leased);
  metrics().commandChanges.inc({ from: "", to: "queued" }, rows.length);
  if (leased.size > 0) metrics().commandChanges.inc({ from: "queued", to: "leased" }, leased.size);
  for (const { id, runId, runnerId, kind } of rows.map(({ row }) => row)) {
    ctx.logger.info({ commandId: id, runId, runnerId, to: leased.has(id) ? "leased" : "queued", kind }, "a command was queued");
    if (leased.has(id)) metrics().commandQueuedSeconds.observe(0);
  }
  return rows.map(({ row: { id } }) => ({ id }));
}

type Row = ReturnType<typeof toRow>;

/** `lease`: what its runner gets if there is a place for it now. A run's message has to be put together from several tables. */
function toRow(ctx: Context, { projectId, runnerId, runId, kind, payload, deadlineAt }: Enqueue, requestedById: string | null, now: Date) {
  const row = {
    id: newId(),
    transitionId: newId(),
    projectId,
    runnerId,
    runId: runId ?? null,
    kind,
    payload: { ...payload, requestedBy: { userId: requestedById } },
    deadlineAt,
  };
  const near = runId === undefined && deadlineAt > now ? nearbyRunners(ctx.db).get(runnerId) : undefined;
  if (!near) return { row };
  const { connectionId, leaseMs, window } = near;
  const leaseToken = randomUUID();
  const startWithinMs = deadlineAt.getTime() - now.getTime();
  const message = commandMessage.safeParse({ v: 1, id: row.id, leaseToken, leaseMs, startWithinMs, kind, payload: row.payload }).data;
  if (!message) return { row };
  const leaseExpiresAt = new Date(now.getTime() + leaseMs);
  return {
    row,
    lease: { message, row: { connectionId, places: Math.ceil(window / 2), leaseToken, leaseExpiresAt, leaseTransitionId: newId() } },
  };
}

function toQueued(rows: Row[], leased: Set<string>, createdAt: Date): QueuedNearby[] {
  return rows.map(({ row: { id, projectId, runnerId, kind, deadlineAt, payload }, lease }) => {
    if (!lease || !leased.has(id)) return { runnerId };
    const { leaseToken, leaseExpiresAt } = lease.row;
    const nothing = { previousLeaseToken: null, cancelRequestedAt: null, failureCode: null, runId: null, acceptedAt: null };
    const command = {
      id,
      projectId,
      runnerId,
      kind,
      state: "leased",
      leaseToken,
      leaseExpiresAt,
      deadlineAt,
      createdAt,
      ...nothing,
    } as const;
    return {
      runnerId,
      leased: { command: { ...command, profileId: "profileId" in payload ? (payload.profileId ?? null) : null }, message: lease.message },
    };
  });
}
