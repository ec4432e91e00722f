import type { Firing } from "@deskhand/shared/protocol/firings";
import { v7 as uuid } from "uuid";
import { actorName, type Context } from "@/server/context";
import { queryIn, type Tx } from "@/server/db";
import { noteAlways } from "@/server/domain/alert/note-events";
import { LEASE_MS } from "@/server/domain/command/rules";
import { START_WITHIN_MS } from "@/server/domain/run/rules";
import { type Signal, sendSignals } from "@/server/signals";

type Record = {
  runnerId: string;
  firings: Firing[];
  /** What is added to the runner's clock to get the server's, in milliseconds. */
  clockOffsetMs: number;
};

/**
 * Stores what a runner's schedules did by themselves, each firing once however often it is told, and the runs that it began: from here on
 * they are runs as any other. What it says of deployments that are not its own is passed over, and so are runs on profiles that the
 * schedule does not name.
 */
export async function recordFirings(ctx: Context, { runnerId, firings, clockOffsetMs }: Record): Promise<void> {
  const now = ctx.clock.now();
  const toOurs = (at: number) => new Date(Math.min(now.getTime(), at + clockOffsetMs));
  await ctx.db.$transaction(async (tx) => {
    const deployments = await tx.deployment.findMany({
      where: { id: { in: firings.map(({ deploymentId }) => deploymentId) }, runnerId },
      select: { id: true, projectId: true, workflowVersionId: true, profileIds: true, createdById: true },
    });
    const known = new Map(deployments.map((deployment) => [deployment.id, deployment]));
    const own = firings.filter(({ deploymentId }) => known.get(deploymentId));
    const stored = await tx.scheduleFiring.createManyAndReturn({
      data: own.map(({ id, deploymentId, dueAt, at, state, reason, count }) => ({
        id,
        deploymentId,
        dueAt: toOurs(dueAt),
        at: toOurs(at),
        state,
        reason,
        count,
      })),
      skipDuplicates: true,
      select: { id: true, deploymentId: true, state: true },
    });
    const missed = Map.groupBy(
      stored.filter(({ state }) => state === "missed"),
      ({ deploymentId }) => known.get(deploymentId)?.projectId ?? "",
    );
    for (const [projectId, some] of missed) {
      await noteAlways(queryIn(tx), { projectId, type: "schedule.missed", ids: some.map(({ id }) => id), at: now });
    }
    const signals = new Map<string, Signal>();
    for (const { id, deploymentId, at, runs } of own) {
      const deployment = known.get(deploymentId);
      if (!deployment) continue;
      const named = runs.filter(({ profileId }) => deployment.profileIds.includes(profileId));
      await beginRuns(tx, ctx, { deployment: { ...deployment, runnerId }, firingId: id, at: toOurs(at), runs: named });
      const { projectId } = deployment;
      signals.set(deploymentId, { kind: "change", projectId, topic: "deployment", id: deploymentId });
      if (named[0]) signals.set(`run ${deploymentId}`, { kind: "change", projectId, topic: "run", id: named[0].runId });
    }
    await sendSignals(tx, [...signals.values()]);
    ctx.logger.info({ runnerId, firings: stored.length }, "schedules fired");
  });
}

type Begin = {
  deployment: { id: string; projectId: string; workflowVersionId: string; runnerId: string; createdById: string | null };
  firingId: string;
  at: Date;
  runs: Firing["runs"];
};

/** Runs and their commands as they are once a runner has taken them over: under the lease that it has given itself. */
async function beginRuns(tx: Tx, ctx: Context, { deployment, firingId, at, runs }: Begin): Promise<void> {
  if (runs.length === 0) return;
  const { id: deploymentId, projectId, workflowVersionId, runnerId, createdById } = deployment;
  const now = ctx.clock.now();
  const rows = runs.map((run) => ({ ...run, transitionId: uuid() }));
  // one statement for a thousand runs; one that is known is told again, and one whose profile is gone is nobody's
  await tx.$executeRaw`
    with given as (
      select g.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g("runId" uuid, "commandId" uuid, "leaseToken" uuid, "profileId" uuid,
        "transitionId" uuid) join "Profile" p on p.id = g."profileId" and p."runnerId" = ${runnerId}::uuid
    ), runs as (
      insert into "Run" (id, "projectId", "deploymentId", "workflowVersionId", "runnerId", "profileId", state, "createdAt", "firingId")
      select "runId", ${projectId}::uuid, ${deploymentId}::uuid, ${workflowVersionId}::uuid, ${runnerId}::uuid, "profileId", 'accepted',
        ${at}::timestamptz, ${firingId}::uuid from given
      on conflict do nothing returning id, "profileId"
    ), held as (
      select p.id from "Profile" p where p.id in (select "profileId" from runs) order by p.id for no key update
    ), used as (
      update "Profile" p set "lastRunAt" = greatest(p."lastRunAt", ${at}::timestamptz) from held where p.id = held.id
    ), commands as (
      insert into "Command" (id, "projectId", "runnerId", "runId", kind, payload, state, "leaseToken", "leaseExpiresAt", attempts, "deadlineAt",
        "requestedById", "createdAt", "acceptedAt")
      select g."commandId", ${projectId}::uuid, ${runnerId}::uuid, g."runId", 'run.start',
        jsonb_build_object('runId', g."runId", 'profileId', g."profileId", 'workflowVersionId', ${workflowVersionId}::text), 'accepted', g."leaseToken",
        ${new Date(now.getTime() + LEASE_MS)}::timestamptz, 1, ${new Date(at.getTime() + START_WITHIN_MS)}::timestamptz, ${createdById}::uuid,
        ${at}::timestamptz, ${at}::timestamptz
      from given g join runs on runs.id = g."runId"
      on conflict do nothing returning id
    )
    insert into "CommandTransition" (id, "commandId", "to", actor, reason, at)
    select g."transitionId", g."commandId", 'accepted', ${actorName(ctx.actor)}, 'SCHEDULED', ${at}::timestamptz
    from given g join commands on commands.id = g."commandId"`;
}
