import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { isFinal } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { queryIn, type Tx } from "@/server/db";
import { recordProxyUse } from "@/server/domain/proxy/record-proxy-use";
import { AppError } from "@/server/errors";
import { Changes, type HeldCommand } from "./change-state.ts";
import { recordEnd } from "./finish-command.ts";
import { foldEvents, type RunFacts } from "./fold-events.ts";
import { newEvents, pathBetween } from "./rules.ts";

type HeldRun = HeldCommand & { runId: string; lastEventSeq: number; profileId: string; runCreatedAt: Date };

type Apply = {
  runnerId: string;
  runId: string;
  /** Sequence of the first event; a run's sequence starts at 1. */
  firstSeq: number;
  events: RunEvent[];
  /** What is added to the runner's clock to get the server's, in milliseconds. */
  clockOffsetMs: number;
};

/**
 * Stores what happened in a run: each event once, in order, all that a message brings in one transaction. Events that are known are
 * passed over; when some are missing in between nothing is stored, and the answer tells from where to send again.
 *
 * The message's lease token is not compared. Who sends is proven by the device key, and a command is carried out from the journal
 * of the one runner that owns it; a delivery that was repeated meanwhile (a new token) does not make its report untrue, and
 * refusing it would lose the outcome of work that was done. Whatever ends a run first is kept: a later end is taken, so that the
 * runner may forget it, and changes nothing but the steps, artifacts and profile state that it tells of.
 * @returns the last event that is stored, how many of these were new, and whether the run is over
 * @throws AppError NOT_FOUND for a run of another runner, LEASE_STALE for one that was never sent
 */
export async function applyRunEvents(ctx: Context, input: Apply): Promise<{ ackedSeq: number; applied: number; over: boolean }> {
  return ctx.db.$transaction(async (tx) => {
    const run = await holdRun(tx, input.runId);
    if (run?.runnerId !== input.runnerId) throw new AppError("NOT_FOUND");
    if (run.leaseToken === null) throw new AppError("LEASE_STALE");
    const fresh = newEvents(run.lastEventSeq, input.firstSeq, input.events.length);
    if (fresh.kind !== "new") return { ackedSeq: run.lastEventSeq, applied: 0, over: isFinal(run.state) };

    const events = input.events.slice(fresh.skip);
    const clock = { offsetMs: input.clockOffsetMs, earliest: run.runCreatedAt, latest: ctx.clock.now() };
    const facts = foldEvents(events, clock);
    await storeFacts(tx, run, facts);
    const told = await recordProxyUse(queryIn(tx), {
      projectId: run.projectId,
      runId: run.runId,
      profileId: run.profileId,
      events,
      at: ctx.clock.now(),
    });
    const changes = new Changes();
    changes.tell(...told);
    if (facts.startedAt && !isFinal(run.state) && run.state !== "running") {
      for (const to of pathBetween(run.state, "running") ?? []) changes.move(ctx, run, { to, at: facts.startedAt });
    }
    if (facts.finished) {
      const { at, failureStep, ...outcome } = facts.finished;
      recordEnd(changes, ctx, run, { outcome, at, failureStep });
    }
    const ackedSeq = run.lastEventSeq + events.length;
    await tx.run.update({ where: { id: run.runId }, data: { lastEventSeq: ackedSeq, ...holdOf(facts), ...waitingOf(facts) } });
    if (facts.waiting) changes.tell({ kind: "alerts" });
    changes.tell({ kind: "change", projectId: run.projectId, topic: "run", id: run.runId });
    if (facts.profileSaved) changes.tell({ kind: "change", projectId: run.projectId, topic: "profile", id: run.profileId });
    await changes.write(queryIn(tx));
    return { ackedSeq, applied: events.length, over: isFinal(run.state) };
  });
}

function holdOf({ hold }: RunFacts) {
  return hold === null ? { holdId: null, heldAt: null } : hold;
}

function waitingOf({ waiting }: RunFacts) {
  return waiting === null ? { waitingSince: null, waitingUntil: null, waitingReason: null, waitingStep: null } : waiting;
}

async function holdRun(tx: Tx, runId: string): Promise<HeldRun | undefined> {
  // the hot path of every run: both rows in one round trip, held against a second delivery of the same events
  const rows = await tx.$queryRaw<HeldRun[]>`
    select c.id, c."projectId", c."runnerId", c.kind, c.state::text, c."leaseToken", c."previousLeaseToken", c."leaseExpiresAt",
      c."deadlineAt", c."cancelRequestedAt", c."failureCode", c."runId", c."createdAt", c."acceptedAt", r."lastEventSeq", r."profileId", r."createdAt" as "runCreatedAt"
    from "Command" c join "Run" r on r.id = c."runId"
    where c."runId" = ${runId}::uuid for update`;
  return rows[0];
}

async function storeFacts(tx: Tx, run: HeldRun, facts: RunFacts): Promise<void> {
  if (facts.steps.length > 0) {
    // one statement for all steps of a message; a step that is known keeps its earlier start
    await tx.$executeRaw`
      insert into "RunStep" ("runId", index, state, "startedAt", "durationMs", "failureCode", turns)
      select ${run.runId}::uuid, s.index, s.state, s."startedAt", s."durationMs", s."failureCode", s.turns
      from jsonb_to_recordset(${JSON.stringify(facts.steps)}::jsonb)
        as s(index int, state text, "startedAt" timestamptz, "durationMs" int, "failureCode" text, turns int)
      on conflict ("runId", index) do update set state = excluded.state, "durationMs" = excluded."durationMs",
        "failureCode" = excluded."failureCode", turns = greatest("RunStep".turns, excluded.turns), "startedAt" = least("RunStep"."startedAt", excluded."startedAt")`;
  }
  if (facts.artifacts.length > 0) {
    await tx.artifact.createMany({ data: facts.artifacts.map((artifact) => ({ ...artifact, runId: run.runId })), skipDuplicates: true });
  }
  if (facts.profileSaved) {
    const { at, bytes } = facts.profileSaved;
    await tx.profile.updateMany({ where: { id: run.profileId }, data: { stateSavedAt: at, stateBytes: bytes } });
  }
}
