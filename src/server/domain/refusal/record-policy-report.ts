import type { PolicyReport, Refusal } from "@deskhand/shared/protocol/policy";
import { batched } from "@/server/batch";
import type { Context } from "@/server/context";
import type { Query, Tx } from "@/server/db";
import { type Tightening, type TighteningRow, viewTightening } from "@/server/domain/runner/view";
import { recordSigners } from "@/server/domain/signing-key/record-signers";
import { AppError } from "@/server/errors";
import { notifySql, type Signal, sendSignals, signalTexts } from "@/server/signals";

type Record = {
  runnerId: string;
  report: Omit<PolicyReport, "v">;
  /** What is added to the runner's clock to get the server's, in milliseconds. */
  clockOffsetMs: number;
};

/** The largest number that the database's integer column holds. */
const MAX_INT = 2_147_483_647;

/**
 * Stores what a runner says of its policy and what that refused, each refusal once however often it is told. What it says of runs of
 * others is passed over.
 * @returns what the project asks it to refuse
 * @throws AppError NOT_FOUND
 */
export async function recordPolicyReport(ctx: Context, { runnerId, report, clockOffsetMs }: Record): Promise<Tightening> {
  const now = ctx.clock.now();
  const toOurs = (at: number) => new Date(at + clockOffsetMs);
  const policyQuietUntil = report.quietUntil === null ? null : toMinute(toOurs(report.quietUntil));
  const { paused: policyPaused, damaged: policyDamaged, empty: policyEmpty } = report;
  const signaturesRequired = report.signing?.required ?? null;
  const runner = await tellPolicy(ctx, { runnerId, policyPaused, policyQuietUntil, policyDamaged, policyEmpty, signaturesRequired });
  const { signing } = report;
  if (report.refusals.length > 0 || (signing && signing.signers.length > 0)) {
    const { projectId } = runner;
    await ctx.db.$transaction(async (tx) => {
      const runIds = await storeRefusals(tx, runnerId, report.refusals, (at) => new Date(Math.min(now.getTime(), toOurs(at).getTime())));
      const keyIds = signing ? await recordSigners(tx, { runnerId, projectId, report: signing, at: now }) : [];
      const signals: Signal[] = runIds.map((id) => ({ kind: "change", projectId, topic: "run", id }));
      signals.push(...keyIds.map((id): Signal => ({ kind: "change", projectId, topic: "signingKey", id })));
      if (report.refusals.length > 0) signals.push({ kind: "change", projectId, topic: "runner", id: runnerId });
      await sendSignals(tx, signals);
    });
  }
  return viewTightening(runner);
}

type Told = {
  policyPaused: boolean;
  policyQuietUntil: Date | null;
  policyDamaged: boolean;
  policyEmpty: boolean;
  /** Null where nothing is said of it: an older runner. */
  signaturesRequired: boolean | null;
};
type TellingRunner = Told & TighteningRow & { id: string; projectId: string; policyToldAt: Date | null };

/** Every runner tells this when it connects and each minute, mostly the same as before: one read for all that tell it at once. */
const tellPolicy = batched<Told & { runnerId: string }, TellingRunner>({
  keyOf: ({ runnerId }) => runnerId,
  work: async (db, batch) => {
    const rows = await db.plain.query<TellingRunner>(
      `select id, "projectId", "policyToldAt", "policyPaused", "policyQuietUntil", "policyDamaged", "policyEmpty", "signaturesRequired",
        "deniedHosts", "maxDownloadBytes", paused from "Runner" where id = any($1::uuid[])`,
      batch.map(({ input }) => input.runnerId),
    );
    const known = new Map(rows.map((row) => [row.id, row]));
    const changed = batch.flatMap(({ ctx, input }) => {
      const row = known.get(input.runnerId);
      return row && isNews(row, input) ? [{ ...input, projectId: row.projectId, now: ctx.clock.now() }] : [];
    });
    if (changed.length > 0) await storePolicies(db.plain.query, changed);
    return batch.map(({ input }) => known.get(input.runnerId) ?? new AppError("NOT_FOUND"));
  },
});

function isNews(before: TellingRunner, told: Told): boolean {
  return (
    before.policyToldAt === null ||
    before.policyPaused !== told.policyPaused ||
    before.policyQuietUntil?.getTime() !== told.policyQuietUntil?.getTime() ||
    before.policyDamaged !== told.policyDamaged ||
    before.policyEmpty !== told.policyEmpty ||
    (told.signaturesRequired !== null && before.signaturesRequired !== told.signaturesRequired)
  );
}

async function storePolicies(query: Query, rows: (Told & { runnerId: string; projectId: string; now: Date })[]): Promise<void> {
  const hints = rows.map(({ runnerId, projectId }): Signal => ({ kind: "change", projectId, topic: "runner", id: runnerId }));
  // held in the order of their ids, as everybody who holds several runners
  await query(
    `with held as (
      select given.* from jsonb_to_recordset($1::jsonb) as given("runnerId" uuid, "policyPaused" boolean, "policyQuietUntil" timestamptz,
        "policyDamaged" boolean, "policyEmpty" boolean, "signaturesRequired" boolean, now timestamptz) join "Runner" r on r.id = given."runnerId"
      order by r.id for no key update of r
    ), stored as (
      update "Runner" r set "policyToldAt" = held.now, "policyPaused" = held."policyPaused", "policyQuietUntil" = held."policyQuietUntil",
        "policyDamaged" = held."policyDamaged", "policyEmpty" = held."policyEmpty",
        "signaturesRequired" = coalesce(held."signaturesRequired", r."signaturesRequired")
      from held where r.id = held."runnerId"
    )
    select ${notifySql("$2")} as told`,
    JSON.stringify(rows),
    signalTexts(hints),
  );
}

async function storeRefusals(tx: Tx, runnerId: string, refusals: Refusal[], toOurs: (at: number) => Date): Promise<string[]> {
  if (refusals.length === 0) return [];
  const named = [...new Set(refusals.flatMap(({ runId }) => (runId ? [runId] : [])))];
  const runs = await tx.run.findMany({ where: { id: { in: named }, runnerId }, select: { id: true } });
  const own = new Set(runs.map(({ id }) => id));
  const rows = refusals
    .filter(({ runId }) => runId === null || own.has(runId))
    .map(({ id, runId, kind, rule, subject, count, fatal, firstAt, lastAt }) => ({
      id,
      runId,
      kind,
      rule: printable(rule),
      subject: printable(subject),
      count: Math.min(count, MAX_INT),
      fatal,
      firstAt: toOurs(firstAt),
      lastAt: toOurs(lastAt),
    }));
  // one statement for all; a report that was delayed must not take back what a later one said
  await tx.$executeRaw`
    insert into "Refusal" (id, "runnerId", "runId", kind, rule, subject, count, fatal, "firstAt", "lastAt")
    select r.id, ${runnerId}::uuid, r."runId", r.kind, r.rule, r.subject, r.count, r.fatal, r."firstAt", r."lastAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(id uuid, "runId" uuid, kind text, rule text, subject text, count int,
      fatal boolean, "firstAt" timestamptz, "lastAt" timestamptz)
    on conflict (id) do update set count = greatest("Refusal".count, excluded.count), fatal = "Refusal".fatal or excluded.fatal,
      "lastAt" = greatest("Refusal"."lastAt", excluded."lastAt")
    where "Refusal"."runnerId" = excluded."runnerId"`;
  return [...own];
}

/** Quiet hours end on a minute; clocks that drift a little must not look like a change. */
function toMinute(at: Date): Date {
  return new Date(Math.round(at.getTime() / 60_000) * 60_000);
}

/** PostgreSQL's text cannot hold NUL. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "") || "?";
}
