import { type CommandState, isFinal } from "@deskhand/shared/schemas/run";
import { actorName, type Context } from "@/server/context";
import { type Query, queryIn, type Tx } from "@/server/db";
import { noteFailedRuns } from "@/server/domain/alert/note-failed-runs";
import { isScheduleOrder, settleOrders } from "@/server/domain/deployment/settle-orders";
import { metrics } from "@/server/metrics";
import { newId } from "@/server/new-id";
import { notifySql, type Signal, signalTexts } from "@/server/signals";
import { endUntold } from "./end-untold.ts";
import { mayChange } from "./rules.ts";

/** A command as it was read under a lock. */
export type HeldCommand = {
  id: string;
  projectId: string;
  runnerId: string;
  kind: string;
  state: CommandState;
  leaseToken: string | null;
  previousLeaseToken: string | null;
  leaseExpiresAt: Date | null;
  deadlineAt: Date;
  cancelRequestedAt: Date | null;
  failureCode: string | null;
  runId: string | null;
  createdAt: Date;
  acceptedAt: Date | null;
  /** The profile that its payload names. */
  profileId: string | null;
};

const columns = `id, "projectId", "runnerId", kind, state::text, "leaseToken", "previousLeaseToken", "leaseExpiresAt", "deadlineAt",
  "cancelRequestedAt", "failureCode", "runId", "createdAt", "acceptedAt", payload->>'profileId' as "profileId"`;

/** Reads a command and holds its row until the transaction ends, so that no one else changes it meanwhile. */
export async function holdCommand(tx: Tx, where: { id: string } | { runId: string }): Promise<HeldCommand | undefined> {
  if ("id" in where) return (await holdCommands(queryIn(tx), [where.id])).get(where.id);
  const rows = await queryIn(tx)<HeldCommand>(`select ${columns} from "Command" where "runId" = $1::uuid for update`, where.runId);
  return rows[0];
}

/** As {@link holdCommand}, for several: always in the order of their ids, so that two who hold the same ones do not wait for each other. */
export async function holdCommands(query: Query, ids: string[]): Promise<Map<string, HeldCommand>> {
  const rows = await query<HeldCommand>(`select ${columns} from "Command" where id = any($1::uuid[]) order by id for update`, ids);
  return new Map(rows.map((row) => [row.id, row]));
}

type Change = {
  to: CommandState;
  /** When it happened; now when absent. */
  at?: Date | undefined;
  failureCode?: string | null;
  failureStep?: number | null;
  /** Until when its lease holds from here on. */
  leaseExpiresAt?: Date;
};

type Row = {
  id: string;
  runId: string | null;
  token: string | null;
  from: CommandState;
  to: CommandState;
  acceptedAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  /** It ends with this, or is over and gets another code. */
  isEnd: boolean;
  /** The command's row stays as it is: what is to be written follows it. */
  isFollowed: boolean;
  /** It is not held: what was decided of it holds only while nobody has asked for its cancel. */
  isFromMemory: boolean;
  failureCode: string | null;
  failureStep: number | null;
  leaseExpiresAt: Date | null;
};
type Transition = {
  id: string;
  commandId: string;
  from: CommandState;
  to: CommandState;
  actor: string;
  reason: string | null;
  at: Date;
};

// one statement for all, however many commands: each is compared with what was held, and its history, its run and what that had under
// way follow it. What was under way when it ended badly did not succeed
const writeSql = `
  with change as (
    select * from jsonb_to_recordset($1::jsonb) as change(id uuid, "runId" uuid, token uuid, "from" "CommandState", "to" "CommandState",
      "acceptedAt" timestamptz, "startedAt" timestamptz, "finishedAt" timestamptz, "isEnd" boolean, "isFollowed" boolean, "isFromMemory" boolean, "failureCode" text, "failureStep" int, "leaseExpiresAt" timestamptz)
  ), changed as (
    update "Command" c set state = change."to", "acceptedAt" = coalesce(change."acceptedAt", c."acceptedAt"),
      "finishedAt" = coalesce(change."finishedAt", c."finishedAt"), "failureCode" = case when change."isEnd" then change."failureCode" else c."failureCode" end,
      "leaseExpiresAt" = case when change."isEnd" then null else coalesce(change."leaseExpiresAt", c."leaseExpiresAt") end
    from change where c.id = change.id and c.state = change."from" and c."leaseToken" is not distinct from change.token
      and not change."isFollowed" and not (change."isFromMemory" and c."cancelRequestedAt" is not null)
    returning c.id
  ), history as (
    insert into "CommandTransition" (id, "commandId", "from", "to", actor, reason, at)
    select id, "commandId", "from", "to", actor, reason, at from jsonb_to_recordset($2::jsonb) as t(id uuid, "commandId" uuid,
      "from" "CommandState", "to" "CommandState", actor text, reason text, at timestamptz)
  ), runs as (
    update "Run" r set state = change."to", "startedAt" = coalesce(change."startedAt", r."startedAt"),
      "finishedAt" = coalesce(change."finishedAt", r."finishedAt"),
      "failureCode" = case when change."isEnd" then change."failureCode" else r."failureCode" end,
      "failureStep" = coalesce(change."failureStep", r."failureStep")
    from change where r.id = change."runId" and (r.state <> change."to" or change."isEnd")
  ), steps as (
    update "RunStep" s set state = case change."to" when 'failed' then 'failed' else 'skipped' end
    from change
    where s."runId" = change."runId" and s.state = 'running' and change."isEnd" and change."from" <> change."to" and change."to" <> 'succeeded'
  )
  select 1 / case when (select count(*) from changed) = (select count(*) from change where not "isFollowed") then 1 else 0 end as held,
    ${notifySql("$3")} as told`;

/** What the statement fails with when one was not as it was held, so that nothing of it is written: PostgreSQL's division by zero. */
const notAsHeldState = "22012";

/** A command is not as it was when it was decided on. Nothing was written. */
export class NotAsHeld extends Error {}

/**
 * What is to become of commands that are held. It is decided one by one, in memory, and written in one statement. The caller has
 * decided that each change is allowed; one that the rules do not know is a defect and throws.
 */
export class Changes {
  readonly #rows = new Map<HeldCommand, Row>();
  readonly #transitions: Transition[] = [];
  readonly #signals: Signal[] = [];
  /** Runs that end badly, and when that became known. */
  readonly #failed = new Map<string, Date>();
  /** Commands about schedules that end, and when that became known. */
  readonly #orders = new Map<string, Date>();
  /** What else is written with it. */
  readonly #more: ((query: Query) => Promise<void>)[] = [];
  /** What is counted and logged once it is written. */
  readonly #told: (() => void)[] = [];
  readonly #isFromMemory: boolean;

  /** `isFromMemory`: the commands are not held, but as they were when they were last seen here. */
  constructor({ isFromMemory = false } = {}) {
    this.#isFromMemory = isFromMemory;
  }

  /** Is there something to be written of it? */
  concern(command: HeldCommand): boolean {
    return this.#rows.has(command);
  }

  /** Moves a command, its history and its run on by one state, and tells who watches. */
  move(ctx: Context, command: HeldCommand, change: Change): void {
    const { to, failureCode = null } = change;
    const { state: from } = command;
    if (!mayChange(from, to)) throw new Error(`a command cannot change from ${from} to ${to}`);
    const row = this.#rowOf(command);
    const at = change.at ?? ctx.clock.now();
    Object.assign(row, { to, isFollowed: false });
    if (to === "accepted") row.acceptedAt = at;
    if (to === "running") row.startedAt = at;
    if (change.leaseExpiresAt) row.leaseExpiresAt = change.leaseExpiresAt;
    if (isFinal(to)) Object.assign(row, { isEnd: true, finishedAt: at, failureCode, failureStep: change.failureStep ?? null });
    // before the history's own time: an alert finds by it what failed since
    if (command.runId && (to === "failed" || to === "expired")) this.#failed.set(command.runId, ctx.clock.now());
    this.note(ctx, command, { from, to, reason: isFinal(to) ? failureCode : null });
    if (command.runId) this.tell({ kind: "change", projectId: command.projectId, topic: "run", id: command.runId });
    if (isFinal(to) && isScheduleOrder(command.kind)) this.#orders.set(command.id, ctx.clock.now());
    command.state = to;
    if (to === "accepted") command.acceptedAt = at;
    this.#told.push(() => {
      measure(command, from, to, at);
      const { id: commandId, runId, runnerId } = command;
      ctx.logger.info({ commandId, runId, runnerId, from, to, reason: isFinal(to) ? failureCode : null }, "a command changed");
    });
  }

  /** Has its lease hold until then. */
  extend(command: HeldCommand, leaseExpiresAt: Date): void {
    this.#rowOf(command).leaseExpiresAt = leaseExpiresAt;
  }

  /** The statement that took the command has moved it on already: its history and its run follow. */
  follow(ctx: Context, command: HeldCommand, change: { from: CommandState; to: CommandState }): void {
    this.#rowOf(command).isFollowed = true;
    this.#told.push(() => metrics().commandChanges.inc(change));
    this.note(ctx, command, { ...change, reason: null });
    if (command.runId) this.tell({ kind: "change", projectId: command.projectId, topic: "run", id: command.runId });
  }

  /** Gives a command that is over, and its run, another code; its history keeps both. */
  recode(ctx: Context, command: HeldCommand, failureCode: string, reason: string): void {
    Object.assign(this.#rowOf(command), { isEnd: true, failureCode });
    this.note(ctx, command, { from: command.state, to: command.state, reason });
    command.failureCode = failureCode;
  }

  /** Adds to a command's history; on its own for what happens without a change of state. */
  note(ctx: Context, command: Pick<HeldCommand, "id">, change: { from: CommandState; to: CommandState; reason: string | null }): void {
    this.#transitions.push({ id: newId(), commandId: command.id, ...change, actor: actorName(ctx.actor), at: ctx.clock.now() });
  }

  /** Has these hints sent when the transaction commits. */
  tell(...signals: Signal[]): void {
    this.#signals.push(...signals);
  }

  /** Has this written in the same transaction, before the rest; what it tells with {@link tell} is told. */
  also(work: (query: Query) => Promise<void>): void {
    this.#more.push(work);
  }

  /** @param last how to write what nothing follows: see `PlainSql` */
  async write(query: Query, last = query): Promise<void> {
    for (const work of this.#more) await work(query);
    const rows = [...this.#rows.values()];
    if (rows.length + this.#transitions.length + this.#signals.length === 0) return;
    // whoever locks several does so in the order of their ids
    if (this.#isFromMemory) rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    const [failedAt] = this.#failed.values();
    const [settledAt] = this.#orders.values();
    const write = failedAt || settledAt ? query : last;
    try {
      await write(writeSql, JSON.stringify(rows), JSON.stringify(this.#transitions), signalTexts(this.#signals));
    } catch (error) {
      throw (error as { code?: unknown }).code === notAsHeldState ? new NotAsHeld("a command changed meanwhile", { cause: error }) : error;
    }
    if (failedAt) await noteFailedRuns(query, [...this.#failed.keys()], failedAt);
    if (settledAt) await settleOrders(query, [...this.#orders.keys()], settledAt);
    // told before the commit: a transaction that is rolled back after this is rare, and neither counters nor logs are a ledger
    for (const tell of this.#told) tell();
  }

  #rowOf(command: HeldCommand): Row {
    const known = this.#rows.get(command);
    if (known) return known;
    const { id, runId, state, leaseToken: token } = command;
    const unchanged = {
      acceptedAt: null,
      startedAt: null,
      finishedAt: null,
      isEnd: false,
      isFollowed: false,
      failureCode: null,
      failureStep: null,
      leaseExpiresAt: null,
    };
    const row: Row = { id, runId, token, from: state, to: state, isFromMemory: this.#isFromMemory, ...unchanged };
    this.#rows.set(command, row);
    return row;
  }
}

function measure({ createdAt, acceptedAt }: HeldCommand, from: CommandState, to: CommandState, at: Date): void {
  const counted = metrics();
  counted.commandChanges.inc({ from, to });
  // a runner's clock that was corrected may say that something began before it was asked for
  const secondsSince = (since: Date) => Math.max(0, at.getTime() - since.getTime()) / 1000;
  if (to === "running" && acceptedAt) counted.commandStartSeconds.observe(secondsSince(acceptedAt));
  if (isFinal(to)) counted.commandTotalSeconds.observe(secondsSince(createdAt));
}

/** Moves one command that is held on by one state, as {@link Changes} does, without a word from its runner: see {@link endUntold}. */
export async function changeState(tx: Tx, ctx: Context, command: HeldCommand, change: Change): Promise<void> {
  const changes = new Changes();
  changes.move(ctx, command, change);
  if (isFinal(change.to)) changes.tell(...(await endUntold(queryIn(tx), ctx, { ...command, failureCode: change.failureCode ?? null })));
  await changes.write(queryIn(tx));
}

/** Adds a row to the history of a command that is held, for what happens without a change of state. */
export async function noteChange(
  tx: Tx,
  ctx: Context,
  command: Pick<HeldCommand, "id">,
  change: { from: CommandState; to: CommandState; reason: string | null },
): Promise<void> {
  const changes = new Changes();
  changes.note(ctx, command, change);
  await changes.write(queryIn(tx));
}
