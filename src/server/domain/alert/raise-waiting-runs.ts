import type { AlertContent } from "@deskhand/shared/schemas/alert";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { personReason } from "@deskhand/shared/schemas/run";
import { placesOfRun } from "@deskhand/shared/schemas/run-places";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { raiseAlert } from "./raise-alert.ts";

/** Most runs that one look tells of; the next goes on. */
const BATCH = 200;

/**
 * Calls a person for each run that waits for one: those whom the project's rules name, else whoever started it. Once for each time that it
 * begins to wait, but not for one to record or to try a draft: whoever started that is there already. May run at any time and in several processes. @returns how many alerts
 */
export async function raiseWaitingRuns(ctx: Context, { publicUrl }: { publicUrl: string }): Promise<number> {
  // those that were told of are passed over without being read
  const due = await ctx.db.$queryRaw<{ id: string }[]>`
    select r.id from "Run" r
    where r."waitingSince" is not null and r."waitingReason" not in ('record', 'trial') and not exists (
      select 1 from "Alert" a where a."projectId" = r."projectId"
        and a.cause = 'run.waiting:' || r.id || ':' || (extract(epoch from r."waitingSince") * 1000)::bigint
    )
    order by r."waitingSince" limit ${BATCH}`;
  let raised = 0;
  for (const { id } of due) if (await ctx.db.$transaction((tx) => tell(tx, ctx, id, publicUrl))) raised += 1;
  return raised;
}

async function tell(tx: Tx, ctx: Context, id: string, publicUrl: string): Promise<boolean> {
  const named = { select: { id: true, name: true } };
  const run = await tx.run.findUnique({
    where: { id },
    include: {
      ...{ project: named, runner: named, profile: named },
      workflowVersion: { select: { workflow: named, content: true } },
      deployment: { select: { createdById: true, workflows: true } },
    },
  });
  const reason = personReason.safeParse(run?.waitingReason);
  if (!run?.waitingSince || !run.waitingUntil || run.waitingStep === null || !reason.success) return false;
  const { projectId, project, runner, profile, waitingSince, waitingUntil, waitingStep, workflowVersion, deployment } = run;
  const content: AlertContent = {
    type: "run.waiting",
    data: {
      ...{ project, runner, profile },
      workflow: workflowVersion.workflow,
      run: {
        id,
        step: ownStepOf(workflowVersion.content, deployment.workflows, waitingStep),
        reason: reason.data,
        until: waitingUntil.toISOString(),
      },
      url: `${publicUrl}/dashboard/runs/${id}`,
    },
  };
  const cause = `run.waiting:${id}:${waitingSince.getTime()}`;
  const hasRule = (await tx.alertRule.count({ where: { projectId, events: { has: content.type } } })) > 0;
  const starter = deployment.createdById;
  const to = hasRule || !starter ? undefined : { webhookIds: [], userIds: [starter] };
  return (await raiseAlert(tx, ctx, { projectId, cause, content, ...(to ? { to } : {}) })) !== undefined;
}

/** The step of the run's own workflow: for one inside of a workflow that it calls, the step that calls. */
function ownStepOf(content: unknown, workflows: unknown, step: number): number {
  const places = placesOfRun(content as Recording, new Map(Object.entries((workflows ?? {}) as Record<string, Recording>)));
  let place = places[step];
  while (place && place.caller !== null) place = places[place.caller];
  return place?.index ?? step;
}
