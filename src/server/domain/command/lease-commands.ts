import { type Command, command as commandMessage } from "@deskhand/shared/protocol/commands";
import { actorName, type Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { metrics } from "@/server/metrics";
import { sendSignals } from "@/server/signals";
import { changeState, holdCommand } from "./change-state.ts";
import { COMMAND_WINDOW, LEASE_MS } from "./rules.ts";

type Lease = {
  runnerId: string;
  /** The connection that will carry them: nothing is leased to a runner that another connection holds by now. */
  connectionId: string;
  /** Also those whose lease still holds though nobody accepted them: true on a new connection, where earlier answers are lost. */
  again?: boolean;
  window?: number;
  leaseMs?: number;
};

type Leased = {
  id: string;
  kind: string;
  payload: unknown;
  projectId: string;
  runId: string | null;
  leaseToken: string;
  deadlineAt: Date;
  cancelRequestedAt: Date | null;
  attempts: number;
  position: bigint;
  createdAt: Date;
};

/**
 * Takes what a runner should be sent now, in the order of the queueing, up to the window: what is queued, and what was sent but not
 * accepted before its lease ended. Each gets a new lease token. A command that was never sent and is past its deadline expires; one
 * that was sent before is sent again even then, because only the runner knows whether it started it.
 * @returns the messages to send; those that wait for a free place in the window are left for later
 */
export async function leaseCommands(ctx: Context, input: Lease): Promise<Command[]> {
  const { runnerId, window = COMMAND_WINDOW, leaseMs = LEASE_MS } = input;
  const now = ctx.clock.now();
  return ctx.db.$transaction(async (tx) => {
    // Held from here on, in a statement of its own so that the next one sees what the one before us took: two looks at once do not
    // fill the window twice. Not "for update": that would keep new commands from being queued meanwhile.
    const [holder] = await tx.$queryRaw<{ overdue: boolean }[]>`
      select exists(select 1 from "Command" where "runnerId" = r.id and state = 'queued' and "deadlineAt" <= ${now}) as overdue
      from "Runner" r where id = ${runnerId}::uuid and "connectionId" = ${input.connectionId} and status = 'accepted'
      for no key update`;
    if (!holder) return [];
    if (holder.overdue) await expireNeverSent(tx, ctx, runnerId);
    const expiresAt = new Date(now.getTime() + leaseMs);
    // one statement, because it is the hot path between a click and its first step. A run's recording and inputs are stored once, with
    // its version and its deployment, and join the message here
    const leased = await tx.$queryRaw<Leased[]>`
      with free as (
        select greatest(0, ${window}::int - count(*))::int as places from "Command"
        where "runnerId" = ${runnerId}::uuid
          and (state in ('accepted', 'running') or (state = 'leased' and "leaseExpiresAt" > ${now} and not ${input.again ?? false}))
      ), taken as (
        select c.id, c."runId" from "Command" c
        where c."runnerId" = ${runnerId}::uuid
          and (c.state = 'queued' or (c.state = 'leased' and ("leaseExpiresAt" <= ${now} or ${input.again ?? false})))
        order by position
        limit (select places from free)
        for update of c skip locked
      )
      update "Command" c
      set state = 'leased', "previousLeaseToken" = c."leaseToken", "leaseToken" = gen_random_uuid(), "leaseExpiresAt" = ${expiresAt},
        attempts = c.attempts + 1
      from taken
        left join "Run" r on r.id = taken."runId"
        left join "Deployment" d on d.id = r."deploymentId"
        left join "WorkflowVersion" v on v.id = r."workflowVersionId"
        left join "Workflow" w on w.id = v."workflowId"
        left join "Profile" p on p.id = r."profileId"
      where c.id = taken.id
      returning c.id, c.kind, c."projectId", c."runId", c."leaseToken", c."deadlineAt", c."cancelRequestedAt", c.attempts, c.position, c."createdAt",
        case when v.id is null then c.payload
          else c.payload || jsonb_build_object('recording', v.content, 'inputs', d.inputs,
              'names', jsonb_build_object('workflow', w.name, 'profile', p.name))
            || case when d."signedManifest" is null then '{}' else jsonb_build_object('signedManifest', d."signedManifest") end
          end as payload`;
    const first = leased.filter(({ attempts }) => attempts === 1);
    if (first.length > 0) await recordFirstLease(tx, ctx, first, now);
    const messages: Command[] = [];
    for (const row of leased.toSorted((a, b) => Number(a.position - b.position))) {
      ctx.logger.info({ commandId: row.id, runId: row.runId, runnerId, to: "leased", attempt: row.attempts }, "a command was sent");
      const message = commandMessage.safeParse({
        v: 1,
        id: row.id,
        leaseToken: row.leaseToken,
        leaseMs,
        // a cancel that was asked meanwhile: the runner says what it did of it, and does not begin
        startWithinMs: row.cancelRequestedAt ? 0 : row.deadlineAt.getTime() - now.getTime(),
        kind: row.kind,
        payload: row.payload,
      });
      if (message.success) messages.push(message.data);
      else await failUnsendable(tx, ctx, row.id);
    }
    return messages;
  });
}

/** Those of the runners for whom something may be leased now: one cheap question instead of a look for each. */
export async function runnersWithCommands(ctx: Context, runnerIds: string[]): Promise<Set<string>> {
  const rows = await ctx.db.command.findMany({
    where: {
      runnerId: { in: runnerIds },
      OR: [{ state: "queued" }, { state: "leased", leaseExpiresAt: { lte: ctx.clock.now() } }],
    },
    distinct: ["runnerId"],
    select: { runnerId: true },
  });
  return new Set(rows.map(({ runnerId }) => runnerId));
}

/** A row that an older or newer server wrote may not be a message of this one: no runner could read it. */
async function failUnsendable(tx: Tx, ctx: Context, id: string): Promise<void> {
  ctx.logger.error({ commandId: id }, "a command in the database is not a valid message");
  const command = await holdCommand(tx, { id });
  if (command) await changeState(tx, ctx, command, { to: "failed", failureCode: "INTERNAL" });
}

async function expireNeverSent(tx: Tx, ctx: Context, runnerId: string): Promise<void> {
  const overdue = await tx.command.findMany({
    where: { runnerId, state: "queued", deadlineAt: { lte: ctx.clock.now() } },
    select: { id: true },
  });
  for (const { id } of overdue) {
    const command = await holdCommand(tx, { id });
    if (command?.state === "queued") await changeState(tx, ctx, command, { to: "expired", failureCode: "COMMAND_EXPIRED" });
  }
}

async function recordFirstLease(tx: Tx, ctx: Context, leased: Leased[], at: Date): Promise<void> {
  const actor = actorName(ctx.actor);
  await tx.commandTransition.createMany({
    data: leased.map(({ id }) => ({ commandId: id, from: "queued" as const, to: "leased" as const, actor, at })),
  });
  const runIds = leased.flatMap(({ runId }) => (runId ? [runId] : []));
  await tx.run.updateMany({ where: { id: { in: runIds } }, data: { state: "leased" } });
  await sendSignals(
    tx,
    leased.flatMap(({ projectId, runId }) => (runId ? [{ kind: "change" as const, projectId, topic: "run" as const, id: runId }] : [])),
  );
  metrics().commandChanges.inc({ from: "queued", to: "leased" }, leased.length);
  for (const { createdAt } of leased) metrics().commandQueuedSeconds.observe(Math.max(0, at.getTime() - createdAt.getTime()) / 1000);
}
