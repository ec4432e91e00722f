import type { PolicyReport, Refusal } from "@deskhand/shared/protocol/policy";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { type Tightening, viewTightening } from "@/server/domain/runner/view";
import { recordSigners } from "@/server/domain/signing-key/record-signers";
import { AppError } from "@/server/errors";
import { type Signal, sendSignals } from "@/server/signals";

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
  return ctx.db.$transaction(async (tx) => {
    const runner = await tx.runner.findUnique({ where: { id: runnerId } });
    if (!runner) throw new AppError("NOT_FOUND");
    const { projectId } = runner;
    const told = {
      policyPaused: report.paused,
      policyQuietUntil: report.quietUntil === null ? null : toMinute(toOurs(report.quietUntil)),
      policyDamaged: report.damaged,
      policyEmpty: report.empty,
      ...(report.signing ? { signaturesRequired: report.signing.required } : {}),
    };
    const changed =
      runner.policyToldAt === null ||
      runner.policyPaused !== told.policyPaused ||
      runner.policyQuietUntil?.getTime() !== told.policyQuietUntil?.getTime() ||
      runner.policyDamaged !== told.policyDamaged ||
      runner.policyEmpty !== told.policyEmpty ||
      (told.signaturesRequired !== undefined && runner.signaturesRequired !== told.signaturesRequired);
    if (changed) await tx.runner.update({ where: { id: runnerId }, data: { ...told, policyToldAt: now } });
    const runIds = await storeRefusals(tx, runnerId, report.refusals, (at) => new Date(Math.min(now.getTime(), toOurs(at).getTime())));
    const keyIds = report.signing ? await recordSigners(tx, { runnerId, projectId, report: report.signing, at: now }) : [];
    const signals: Signal[] = runIds.map((id) => ({ kind: "change", projectId, topic: "run", id }));
    signals.push(...keyIds.map((id): Signal => ({ kind: "change", projectId, topic: "signingKey", id })));
    if (changed || report.refusals.length > 0) signals.push({ kind: "change", projectId, topic: "runner", id: runnerId });
    await sendSignals(tx, signals);
    return viewTightening(runner);
  });
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
