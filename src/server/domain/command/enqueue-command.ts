import type { Command } from "@deskhand/shared/protocol/commands";
import { v7 as uuid } from "uuid";
import { actorName, type Context } from "@/server/context";
import { type Query, queryIn, type Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import { metrics } from "@/server/metrics";
import { notifySql, type Signal, signalTexts } from "@/server/signals";

type Enqueue = {
  projectId: string;
  runnerId: string;
  runId?: string;
  /** After this instant a command that has not started is not started any more. */
  deadlineAt: Date;
} & { [Kind in Command["kind"]]: { kind: Kind; payload: Extract<Command, { kind: Kind }>["payload"] } }[Command["kind"]];

/**
 * Queues a message to a runner within the caller's transaction; it is delivered once that commits, in the order of the queueing.
 * The caller has authorized it. A run's row must exist before its command.
 */
export async function enqueueCommand(tx: Tx, ctx: Context, input: Enqueue): Promise<{ id: string }> {
  const [command] = await enqueueCommands(queryIn(tx), ctx, [input]);
  if (!command) throw new AppError("INTERNAL");
  return command;
}

/** As {@link enqueueCommand}, for several, in the given order. */
export async function enqueueCommands(query: Query, ctx: Context, inputs: Enqueue[]): Promise<{ id: string }[]> {
  const requestedById = "userId" in ctx.actor ? ctx.actor.userId : null;
  const rows = inputs.map(({ projectId, runnerId, runId, kind, payload, deadlineAt }) => ({
    id: uuid(),
    transitionId: uuid(),
    projectId,
    runnerId,
    runId: runId ?? null,
    kind,
    payload: { ...payload, requestedBy: { userId: requestedById } },
    deadlineAt,
  }));
  const hints = inputs.map(({ runnerId }): Signal => ({ kind: "commands", runnerId }));
  // one statement with its history and its hints, however many
  await query(
    `with given as (
      select * from rows from (jsonb_to_recordset($1::jsonb) as (id uuid, "transitionId" uuid, "projectId" uuid, "runnerId" uuid,
        "runId" uuid, kind text, payload jsonb, "deadlineAt" timestamptz)) with ordinality as given(id, "transitionId", "projectId", "runnerId",
        "runId", kind, payload, "deadlineAt", n)
    ), commands as (
      insert into "Command" (id, "projectId", "runnerId", "runId", kind, payload, "deadlineAt", "requestedById", "createdAt")
      select id, "projectId", "runnerId", "runId", kind, payload, "deadlineAt", $2::uuid, $3::timestamptz from given order by n
    ), history as (
      insert into "CommandTransition" (id, "commandId", "to", actor, at)
      select "transitionId", id, 'queued', $4, $3::timestamptz from given
    )
    select ${notifySql("$5")} as told`,
    JSON.stringify(rows),
    requestedById,
    ctx.clock.now(),
    actorName(ctx.actor),
    signalTexts(hints),
  );
  metrics().commandChanges.inc({ from: "", to: "queued" }, rows.length);
  for (const { id, runId, runnerId, kind } of rows) {
    ctx.logger.info({ commandId: id, runId, runnerId, to: "queued", kind }, "a command was queued");
  }
  return rows.map(({ id }) => ({ id }));
}
