import type { Triggered } from "@deskhand/shared/protocol/triggered";
import type { RunnerStatus } from "@deskhand/shared/schemas/runner";
import { actorName, type Context } from "@/server/context";
import { queryIn, type Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import { claimRequest } from "@/server/idempotency";
import { metrics } from "@/server/metrics";
import { newId } from "@/server/new-id";
import { type Signal, sendSignals } from "@/server/signals";
import { START_WITHIN_MS } from "./rules.ts";

type StartRuns = {
  deployment: { id: string; projectId: string; workflowVersionId: string; runnerId: string };
  workflowId: string;
  profileIds: string[];
  /** What was signed for each of these profiles, when it is not what the deployment was signed with. */
  signedReruns?: ReadonlyMap<string, string> | undefined;
  /** What began them, when that was no person: a firing that is there already, and what it brought. */
  triggered?: Triggered | undefined;
  /** A firing that is there already, of which they come, when it brought nothing. */
  firingId?: string | undefined;
};

/** With more runs than this, watchers get one hint for all of them rather than one for each. */
const HINTS_AT_MOST = 20;

/**
 * Makes one queued run with its command for each profile, in the given order, within the caller's transaction. The caller has
 * authorized it and called `holdTargets`.
 * @returns the runs' ids, in the order of the profiles
 */
export async function startRuns(tx: Tx, ctx: Context, input: StartRuns): Promise<string[]> {
  const { deployment, profileIds, signedReruns, triggered, firingId = triggered?.firingId } = input;
  const { projectId, runnerId, workflowVersionId } = deployment;
  const now = ctx.clock.now();
  const deadlineAt = new Date(now.getTime() + START_WITHIN_MS);
  const actor = actorName(ctx.actor);
  await claimRequest(queryIn(tx), ctx);
  const requestedById = "userId" in ctx.actor ? ctx.actor.userId : null;
  const runIds = profileIds.map(newId);
  const commandIds = profileIds.map(newId);
  // one statement, whether there is one run or a thousand: this is between a click and its first step. Recording and inputs join the
  // payload when it is leased, so that a thousand runs do not store them a thousand times
  // Each of its runs has the next turn, beginning with the one that is on: so the first of a deployment goes out with the next of each
  // that waits already, and a thousand runs hold up nobody's one (turns are what lease-commands.ts orders by).
  // Profiles are held in the order of their ids, so that two deployments to the same ones do not wait for each other
  await tx.$executeRaw`
    with given as (
      select * from unnest(${runIds}::uuid[], ${profileIds}::uuid[], ${commandIds}::uuid[], ${profileIds.map(newId)}::uuid[],
          ${profileIds.map((id) => signedReruns?.get(id) ?? null)}::text[])
        with ordinality as given(run_id, profile_id, command_id, transition_id, signed, n)
    ), queue as (
      select coalesce((
          select c.turn from "Command" c where c."runnerId" = ${runnerId}::uuid and c."finishedAt" is null and c.state = 'queued' and not c.paused
            and c.kind = 'run.start' order by c.turn limit 1), 0) as turn,
        exists (select 1 from "Deployment" where id = ${deployment.id}::uuid and "pausedAt" is not null) as paused
    ), held as (
      select id from "Profile" where id = any(${profileIds}::uuid[]) order by id for no key update
    ), used as (
      update "Profile" p set "lastRunAt" = ${now}::timestamptz from held where p.id = held.id
    ), runs as (
      insert into "Run" (id, "projectId", "deploymentId", "workflowVersionId", "runnerId", "profileId", "createdAt", "firingId")
      select run_id, ${projectId}::uuid, ${deployment.id}::uuid, ${workflowVersionId}::uuid, ${runnerId}::uuid, profile_id, ${now}::timestamptz,
        ${firingId ?? null}::uuid
      from given order by n
    ), commands as (
      insert into "Command" (id, "projectId", "runnerId", kind, payload, "deadlineAt", "requestedById", "runId", "createdAt", turn, paused)
      select command_id, ${projectId}::uuid, ${runnerId}::uuid, 'run.start',
        jsonb_build_object('runId', run_id, 'profileId', profile_id, 'workflowVersionId', ${workflowVersionId}::text,
          'requestedBy', jsonb_build_object('userId', ${requestedById}::text)) || case when signed is null then '{}' else jsonb_build_object('signedRerun', signed) end
          || ${JSON.stringify(triggered ? { triggered } : {})}::jsonb,
        ${deadlineAt}::timestamptz, ${requestedById}::uuid, run_id, ${now}::timestamptz, queue.turn + n - 1, queue.paused
      from given, queue order by n
    )
    insert into "CommandTransition" (id, "commandId", "to", actor, at)
    select transition_id, command_id, 'queued', ${actor}, ${now}::timestamptz from given`;

  const hinted = runIds.length <= HINTS_AT_MOST ? runIds : [deployment.id];
  await sendSignals(tx, [
    { kind: "commands", runnerId },
    ...hinted.map((id): Signal => ({ kind: "change", projectId, topic: "run", id })),
    { kind: "change", projectId, topic: "workflow", id: input.workflowId },
  ]);
  metrics().commandChanges.inc({ from: "", to: "queued" }, runIds.length);
  for (const [index, commandId] of commandIds.entries()) {
    ctx.logger.info({ commandId, runId: runIds[index], runnerId, to: "queued", kind: "run.start" }, "a command was queued");
  }
  return runIds;
}

/**
 * Holds a runner and profiles on it until the transaction ends, so that they are neither revoked nor deleted before their runs are there.
 * @throws AppError NOT_FOUND (`details.what`) for a runner of another project and for a profile that is deleted or another project's,
 * RUNNER_NOT_ACCEPTED, PROFILE_ON_OTHER_RUNNER, PROFILE_MOVING
 */
export async function holdTargets(tx: Tx, target: { projectId: string; runnerId: string; profileIds: string[] }): Promise<void> {
  const { projectId, runnerId, profileIds } = target;
  // "key share" waits only for who revokes the runner or deletes a profile ("for update" there), not for leases, heartbeats or saved
  // states; Prisma has no row locks
  const [runner] = await tx.$queryRaw<{ status: RunnerStatus }[]>`
    select status::text from "Runner" where id = ${runnerId}::uuid and "projectId" = ${projectId}::uuid for key share`;
  if (!runner) throw new AppError("NOT_FOUND", { details: { what: "runner" } });
  if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
  const held = await tx.$queryRaw<{ id: string; runnerId: string; moveId: string | null }[]>`
    select id, "runnerId", "moveId" from "Profile"
    where id = any(${profileIds}::uuid[]) and "projectId" = ${projectId}::uuid and "deletedAt" is null for key share`;
  const runnerOf = new Map(held.map((profile) => [profile.id, profile.runnerId]));
  const missing = profileIds.filter((id) => !runnerOf.has(id));
  if (missing.length > 0) throw new AppError("NOT_FOUND", { details: { what: "profile", profileIds: missing } });
  const moving = held.flatMap(({ id, moveId }) => (moveId ? [id] : []));
  if (moving.length > 0) throw new AppError("PROFILE_MOVING", { details: { profileIds: moving } });
  const elsewhere = profileIds.filter((id) => runnerOf.get(id) !== runnerId);
  if (elsewhere.length > 0) throw new AppError("PROFILE_ON_OTHER_RUNNER", { details: { profileIds: elsewhere } });
}
