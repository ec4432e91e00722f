import type { Context } from "@/server/context";
import { activeStates } from "@/server/domain/run/rules";
import { OFFLINE_AFTER_MS } from "@/server/domain/runner/rules";
import { wasListening } from "@/server/domain/sample/queries";
import { raiseAlert } from "./raise-alert.ts";
import { LISTEN_FIRST_MS, SILENCE_IS_NEWS_MS } from "./rules.ts";

/** Most runners that one look tells of; the next goes on. */
const BATCH = 500;

type Runner = { id: string; name: string; projectId: string; projectName: string };
type Silent = Runner & { lastSeenAt: Date };
type Back = Runner & { silentSince: Date; connectedAt: Date };

/**
 * Raises an alert for each runner that went away without a word and stayed away for longer than its project allows, and another when
 * it is back. One that said goodbye, is paused, in its quiet hours or not accepted any more is not missed. May run at any time and in
 * several processes.
 * @returns how many alerts
 */
export async function watchRunners(ctx: Context, { publicUrl }: { publicUrl: string }): Promise<number> {
  await ctx.db.runner.updateMany({ where: { silentSince: { not: null }, status: { not: "accepted" } }, data: { silentSince: null } });
  const back = await tellOfBack(ctx, publicUrl);
  const now = ctx.clock.now();
  // whoever was away itself does not know who was silent meanwhile
  if (!(await wasListening(ctx, LISTEN_FIRST_MS))) return back;
  const silent = await ctx.db.$queryRaw<Silent[]>`
    select r.id, r.name, r."projectId", p.name as "projectName", r."lastSeenAt"
    from "Runner" r join "Project" p on p.id = r."projectId"
    where r.status = 'accepted' and r."silentSince" is null and r."goodbyeAt" is null and not r."policyPaused"
      and r."lastSeenAt" > ${new Date(now.getTime() - SILENCE_IS_NEWS_MS)}
      and greatest(r."lastSeenAt", r."policyQuietUntil") <= ${now}::timestamptz - make_interval(mins => p."silentAfterMinutes")
    order by r."lastSeenAt" limit ${BATCH}`;
  let raised = back;
  for (const runner of silent) if (await tellOfSilence(ctx, runner, publicUrl)) raised += 1;
  return raised;
}

async function tellOfSilence(ctx: Context, { lastSeenAt, ...runner }: Silent, publicUrl: string): Promise<boolean> {
  return ctx.db.$transaction(async (tx) => {
    const { count } = await tx.runner.updateMany({
      where: { id: runner.id, lastSeenAt, silentSince: null, status: "accepted" },
      data: { silentSince: lastSeenAt },
    });
    if (count === 0) return false;
    const waitingRuns = await tx.run.count({ where: { runnerId: runner.id, state: { in: activeStates } } });
    const data = { ...facts(runner, publicUrl), lastSeenAt: lastSeenAt.toISOString(), waitingRuns };
    const cause = `runner.silent:${runner.id}:${lastSeenAt.getTime()}`;
    return (await raiseAlert(tx, ctx, { projectId: runner.projectId, cause, content: { type: "runner.silent", data } })) !== undefined;
  });
}

async function tellOfBack(ctx: Context, publicUrl: string): Promise<number> {
  const back = await ctx.db.$queryRaw<Back[]>`
    select r.id, r.name, r."projectId", p.name as "projectName", r."silentSince", r."connectedAt"
    from "Runner" r join "Project" p on p.id = r."projectId"
    where r."silentSince" is not null and r."connectionId" is not null
      and r."lastSeenAt" > ${new Date(ctx.clock.now().getTime() - OFFLINE_AFTER_MS)}
    limit ${BATCH}`;
  let raised = 0;
  for (const { silentSince, connectedAt, ...runner } of back) {
    const id = await ctx.db.$transaction(async (tx) => {
      const { count } = await tx.runner.updateMany({ where: { id: runner.id, silentSince }, data: { silentSince: null } });
      if (count === 0) return undefined;
      const data = { ...facts(runner, publicUrl), silentSince: silentSince.toISOString(), backAt: connectedAt.toISOString() };
      const cause = `runner.back:${runner.id}:${silentSince.getTime()}`;
      return raiseAlert(tx, ctx, { projectId: runner.projectId, cause, content: { type: "runner.back", data } });
    });
    if (id) raised += 1;
  }
  return raised;
}

function facts({ id, name, projectId, projectName }: Runner, publicUrl: string) {
  return { project: { id: projectId, name: projectName }, runner: { id, name }, url: `${publicUrl}/dashboard/runners/${id}` };
}
