import type { RunnerStatus } from "@deskhand/shared/schemas/runner";
import { v7 as uuid } from "uuid";
import { actorName, type Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import { metrics } from "@/server/metrics";
import { type Signal, sendSignals } from "@/server/signals";
import { START_WITHIN_MS } from "./rules.ts";

type StartRuns = {
  deployment: { id: string; projectId: string; workflowVersionId: string; runnerId: string };
  workflowId: string;
  profileIds: string[];
  /** What was signed for these runs, when it is not what the deployment was signed with. */
  signedRerun?: string | undefined;
};

/** With more runs than this, watchers get one hint for all of them rather than one for each. */
const HINTS_AT_MOST = 20;

/**
 * Makes one queued run with its command for each profile, in the given order, within the caller's transaction. The caller has
 * authorized it and called `holdTargets`.
 * @returns the runs' ids, in the order of the profiles
 */
export async function startRuns(tx: Tx, ctx: Context, input: StartRuns): Promise<string[]> {
  const { deployment, profileIds, signedRerun } = input;
  const { projectId, runnerId, workflowVersionId } = deployment;
  const now = ctx.clock.now();
  const deadlineAt = new Date(now.getTime() + START_WITHIN_MS);
  const actor = actorName(ctx.actor);
  const requestedById = "userId" in ctx.actor ? ctx.actor.userId : null;
  const runIds = profileIds.map(() => uuid());
  const commandIds = profileIds.map(() => uuid());
  // one statement, whether there is one run or a thousand: this is between a click and its first step. Recording and inputs join the
  // payload when it is leased, so that a thousand runs do not store them a thousand times
  await tx.$executeRaw`
    with given as (
      select * from unnest(${runIds}::uuid[], ${profileIds}::uuid[], ${commandIds}::uuid[], ${profileIds.map(() => uuid())}::uuid[])
        with ordinality as given(run_id, profile_id, command_id, transition_id, n)
    ), runs as (
      insert into "Run" (id, "projectId", "deploymentId", "workflowVersionId", "runnerId", "profileId", "createdAt")
      select run_id, ${projectId}::uuid, ${deployment.id}::uuid, ${workflowVersionId}::uuid, ${runnerId}::uuid, profile_id, ${now}::timestamptz
      from given order by n
    ), commands as (
      insert into "Command" (id, "projectId", "runnerId", kind, payload, "deadlineAt", "requestedById", "runId", "createdAt")
      select command_id, ${projectId}::uuid, ${runnerId}::uuid, 'run.start',
        jsonb_build_object('runId', run_id, 'profileId', profile_id, 'workflowVersionId', ${workflowVersionId}::text,
          'requestedBy', jsonb_build_object('userId', ${requestedById}::text)) || ${JSON.stringify(signedRerun ? { signedRerun } : {})}::jsonb,
        ${deadlineAt}::timestamptz, ${requestedById}::uuid, run_id, ${now}::timestamptz
      from given order by n
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
 * RUNNER_NOT_ACCEPTED, PROFILE_ON_OTHER_RUNNER
 */
export async function holdTargets(tx: Tx, target: { projectId: string; runnerId: string; profileIds: string[] }): Promise<void> {
  const { projectId, runnerId, profileIds } = target;
  // "key share" waits only for who revokes the runner or deletes a profile ("for update" there), not for leases, heartbeats or saved
  // states; Prisma has no row locks
  const [runner] = await tx.$queryRaw<{ status: RunnerStatus }[]>`
    select status::text from "Runner" where id = ${runnerId}::uuid and "projectId" = ${projectId}::uuid for key share`;
  if (!runner) throw new AppError("NOT_FOUND", { details: { what: "runner" } });
  if (runner.status !== "accepted") throw new AppError("RUNNER_NOT_ACCEPTED", { details: { status: runner.status } });
  const held = await tx.$queryRaw<{ id: string; runnerId: string }[]>`
    select id, "runnerId" from "Profile"
    where id = any(${profileIds}::uuid[]) and "projectId" = ${projectId}::uuid and "deletedAt" is null for key share`;
  const runnerOf = new Map(held.map((profile) => [profile.id, profile.runnerId]));
  const missing = profileIds.filter((id) => !runnerOf.has(id));
  if (missing.length > 0) throw new AppError("NOT_FOUND", { details: { what: "profile", profileIds: missing } });
  const elsewhere = profileIds.filter((id) => runnerOf.get(id) !== runnerId);
  if (elsewhere.length > 0) throw new AppError("PROFILE_ON_OTHER_RUNNER", { details: { profileIds: elsewhere } });
}
