import { type Command, command as commandMessage } from "@deskhand/shared/protocol/commands";
import { type Asked, batched } from "@/server/batch";
import type { Context } from "@/server/context";
import type { Db, Query } from "@/server/db";
import { metrics } from "@/server/metrics";
import { Changes, type HeldCommand, holdCommands } from "./change-state.ts";
import { rememberCommands } from "./known-commands.ts";
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

type Leased = HeldCommand & { payload: unknown; attempts: number; turn: string; position: string; places: number };

/**
 * `isFull`: something may have been left for want of a place, so the next place that becomes free is a reason to look again; undefined
 * when nothing was taken, which says nothing of it.
 */
type LeasedMessages = { messages: Command[]; isFull: boolean | undefined };

/**
 * Takes what a runner should be sent now, in the order of the queueing, up to the window: what is queued, and what was sent but not
 * accepted before its lease ended. Each gets a new lease token. A command that was never sent and is past its deadline expires; one
 * that was sent before is sent again even then, because only the runner knows whether it started it. Looks for several runners at once
 * are one transaction.
 * @returns the messages to send, in order; those that wait for a free place in the window are left for later
 */
export const leaseCommands = batched<Lease, LeasedMessages>({ keyOf: ({ runnerId }) => runnerId, work: leaseForRunners });

async function leaseForRunners(db: Db, batch: Asked<Lease>[]): Promise<LeasedMessages[]> {
  const sent: HeldCommand[] = [];
  const answers = await db.plain.transaction(async (query, last) => {
    const wanted = batch.map(({ ctx, input: { again = false, window = COMMAND_WINDOW, leaseMs = LEASE_MS, ...input } }) => {
      const now = ctx.clock.now();
      return { ctx, ...input, again, window, leaseMs, now, leaseExpiresAt: new Date(now.getTime() + leaseMs) };
    });
    const rows = wanted.map(({ ctx: _, ...row }) => row);
    const given = `jsonb_to_recordset($1::jsonb) as given("runnerId" uuid, "connectionId" text, again boolean, "window" int, now timestamptz,
      "leaseExpiresAt" timestamptz)`;
    // Held from here on, in a statement of its own so that the next one sees what the one before us took: two looks at once do not
    // fill the window twice. Not "for update": that would keep new commands from being queued meanwhile.
    const holders = await query<{ id: string; overdue: boolean }>(
      `select r.id, exists(select 1 from "Command" where "runnerId" = r.id and "finishedAt" is null and state = 'queued' and "deadlineAt" <= given.now) as overdue
      from ${given} join "Runner" r on r.id = given."runnerId" and r."connectionId" = given."connectionId"
      where r.status = 'accepted' order by r.id for no key update of r`,
      JSON.stringify(rows),
    );
    const held = new Set(holders.map(({ id }) => id));
    const overdue = new Set(holders.flatMap((holder) => (holder.overdue ? [holder.id] : [])));
    const changes = new Changes();
    for (const { ctx, runnerId } of wanted) if (overdue.has(runnerId)) await expireNeverSent(query, changes, ctx, runnerId);
    // before the next statement, which takes what is still queued
    await changes.write(query);
    const leased = held.size === 0 ? [] : await take(query, given, JSON.stringify(rows.filter(({ runnerId }) => held.has(runnerId))));
    const looks = new Map(wanted.map((look) => [look.runnerId, { ...look, messages: [] as Command[], taken: 0, places: 0 }]));
    const after = new Changes();
    for (const row of leased.toSorted((a, b) => Number(a.turn) - Number(b.turn) || Number(a.position) - Number(b.position))) {
      const look = looks.get(row.runnerId);
      if (!look) continue;
      look.taken += 1;
      look.places = row.places;
      const { id: commandId, runId, runnerId, createdAt, attempts: attempt } = row;
      look.ctx.logger.info({ commandId, runId, runnerId, to: "leased", attempt }, "a command was sent");
      if (attempt === 1) metrics().commandQueuedSeconds.observe(Math.max(0, look.now.getTime() - createdAt.getTime()) / 1000);
      if (attempt === 1) after.follow(look.ctx, row, { from: "queued", to: "leased" });
      const message = toMessage(row, look);
      const { payload: _, ...command } = row;
      if (message) sent.push(command);
      if (message) look.messages.push(message);
      else failUnsendable(after, look.ctx, row);
    }
    await after.write(query, last);
    return wanted.map(({ runnerId }) => {
      const { messages = [], taken = 0, places = 0 } = looks.get(runnerId) ?? {};
      return { messages, isFull: taken === 0 ? undefined : taken >= places };
    });
  });
  rememberCommands(db, sent);
  return answers;
}

/**
 * One statement, because it is the hot path between a click and its first step. A run's recording and inputs are stored once, with its
 * version and its deployment, and join the message here.
 */
function take(query: Query, given: string, rows: string): Promise<Leased[]> {
  return query<Leased>(
    `with taken as (
      select c.id, c."runId", given."leaseExpiresAt", free.places from ${given}
      cross join lateral (
        select greatest(0, given."window" - count(*))::int as places from "Command" b
        where b."runnerId" = given."runnerId" and b."finishedAt" is null
          and (b.state in ('accepted', 'running') or (b.state = 'leased' and b."leaseExpiresAt" > given.now and not given.again))
      ) free
      cross join lateral (
        select c.id, c."runId" from "Command" c
        where c."runnerId" = given."runnerId" and c."finishedAt" is null
          and ((c.state = 'queued' and not c.paused) or (c.state = 'leased' and (c."leaseExpiresAt" <= given.now or given.again)))
        order by c.turn, c.position
        limit free.places
        for update of c skip locked
      ) c
    )
    update "Command" c
    set state = 'leased', "previousLeaseToken" = c."leaseToken", "leaseToken" = gen_random_uuid(), "leaseExpiresAt" = taken."leaseExpiresAt",
      attempts = c.attempts + 1
    from taken
      left join "Run" r on r.id = taken."runId"
      left join "Deployment" d on d.id = r."deploymentId"
      left join "WorkflowVersion" v on v.id = r."workflowVersionId"
      left join "Workflow" w on w.id = v."workflowId"
      left join "Profile" p on p.id = r."profileId"
    where c.id = taken.id
    returning c.id, c.kind, c."projectId", c."runnerId", c.state::text, c."runId", c."leaseToken", c."previousLeaseToken", c."leaseExpiresAt",
      c."deadlineAt", c."cancelRequestedAt", c."failureCode", c.attempts, c.turn, c.position, c."createdAt", c."acceptedAt", taken.places, c.payload->>'profileId' as "profileId",
      case when v.id is null then c.payload
        else c.payload || jsonb_build_object('recording', v.content, 'inputs', d.inputs, 'deploymentId', d.id, 'workflowId', w.id,
            'names', jsonb_build_object('workflow', w.name, 'profile', p.name))
          || case when d."testName" is null then '{}' else jsonb_build_object('test', d."testName") end
          || case when d.record then jsonb_build_object('record', true) else '{}' end
          || case when d."recordWindow" then jsonb_build_object('window', true) else '{}' end
          || case when d.trial then jsonb_build_object('trial', true) else '{}' end
          || case when d.workflows is null then '{}' else jsonb_build_object('workflows', d.workflows) end
          || case when d."signedManifest" is null then '{}' else jsonb_build_object('signedManifest', d."signedManifest") end
        end as payload`,
    rows,
  );
}

function toMessage(row: Leased, { leaseMs, now }: { leaseMs: number; now: Date }): Command | undefined {
  return commandMessage.safeParse({
    v: 1,
    id: row.id,
    leaseToken: row.leaseToken,
    leaseMs,
    // a cancel that was asked meanwhile: the runner says what it did of it, and does not begin
    startWithinMs: row.cancelRequestedAt ? 0 : row.deadlineAt.getTime() - now.getTime(),
    kind: row.kind,
    payload: row.payload,
  }).data;
}

/** Those of the runners for whom something may be leased now: one cheap question instead of a look for each. */
export async function runnersWithCommands(ctx: Context, runnerIds: string[]): Promise<Set<string>> {
  const rows = await ctx.db.command.findMany({
    where: {
      runnerId: { in: runnerIds },
      finishedAt: null,
      OR: [
        { state: "queued", paused: false },
        { state: "leased", leaseExpiresAt: { lte: ctx.clock.now() } },
      ],
    },
    distinct: ["runnerId"],
    select: { runnerId: true },
  });
  return new Set(rows.map(({ runnerId }) => runnerId));
}

/** A row that an older or newer server wrote may not be a message of this one: no runner could read it. */
function failUnsendable(changes: Changes, ctx: Context, command: HeldCommand): void {
  ctx.logger.error({ commandId: command.id }, "a command in the database is not a valid message");
  changes.move(ctx, command, { to: "failed", failureCode: "INTERNAL" });
}

async function expireNeverSent(query: Query, changes: Changes, ctx: Context, runnerId: string): Promise<void> {
  const overdue = await query<{ id: string }>(
    `select id from "Command" where "runnerId" = $1::uuid and "finishedAt" is null and state = 'queued' and "deadlineAt" <= $2::timestamptz`,
    runnerId,
    ctx.clock.now(),
  );
  const held = await holdCommands(
    query,
    overdue.map(({ id }) => id),
  );
  for (const command of held.values()) {
    if (command.state === "queued") changes.move(ctx, command, { to: "expired", failureCode: "COMMAND_EXPIRED" });
  }
}
