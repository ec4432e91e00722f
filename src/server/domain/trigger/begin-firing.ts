import type { TriggerValues } from "@deskhand/shared/protocol/triggered";
import type { FiringReason } from "@deskhand/shared/schemas/schedule";
import { type TriggerAnswer, triggerAnswer } from "@deskhand/shared/schemas/trigger";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { makeRoom } from "@/server/domain/deployment/make-room";
import { holdTargets, startRuns } from "@/server/domain/run/start-runs";
import { Prisma } from "@/server/generated/prisma/client";
import { newId } from "@/server/new-id";
import { sendSignals } from "@/server/signals";
import type { FoundTrigger } from "./fire-trigger.ts";

type Begin = { trigger: FoundTrigger; messageId: string; values: TriggerValues; mayRun: boolean };

/** Writes the firing and its runs, or why there are none, all in one transaction with the message's id, which is taken once. */
export async function beginFiring(ctx: Context, { trigger, messageId, values, mayRun }: Begin): Promise<TriggerAnswer> {
  const { deployment } = trigger;
  const { id: deploymentId, projectId, runnerId, profileIds } = deployment;
  const now = ctx.clock.now();
  const firingId = newId();
  try {
    return await ctx.db.$transaction(async (tx) => {
      // its row puts messages in order that come at the same time
      await tx.trigger.update({ where: { id: trigger.id }, data: { lastCalledAt: now } });
      await tx.triggerMessage.create({ data: { triggerId: trigger.id, messageId, at: now, firingId } });
      const reason = mayRun ? await whyNot(tx, ctx, deployment) : "NOT_ALLOWED";
      const state = reason ? ("skipped" as const) : ("fired" as const);
      await tx.scheduleFiring.create({ data: { id: firingId, deploymentId, dueAt: now, at: now, state, reason, count: 1 } });
      await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id: deploymentId }]);
      if (reason) return { firingId, state, reason, runId: null, runIds: [], repeated: false };
      await holdTargets(tx, { projectId, runnerId, profileIds });
      const { workflowId } = deployment.workflowVersion;
      const runIds = await startRuns(tx, ctx, { deployment, workflowId, profileIds, triggered: { firingId, inputs: values } });
      return { firingId, state, reason, runId: runIds[0] ?? null, runIds, repeated: false };
    });
  } catch (error) {
    // the same message came twice at the same moment
    const isRepeated = error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
    const first = isRepeated ? await findAnswer(ctx, trigger.id, messageId) : undefined;
    if (first) return first;
    throw error;
  }
}

/** What the message with this id began when it came first; undefined for one that is new. */
export async function findAnswer(ctx: Context, triggerId: string, messageId: string): Promise<TriggerAnswer | undefined> {
  const message = await ctx.db.triggerMessage.findUnique({ where: { triggerId_messageId: { triggerId, messageId } } });
  if (!message?.firingId) return undefined;
  const firing = await ctx.db.scheduleFiring.findUnique({
    where: { id: message.firingId },
    select: { id: true, state: true, reason: true, runs: { select: { id: true }, orderBy: { id: "asc" } } },
  });
  if (!firing) return undefined;
  const runIds = firing.runs.map(({ id }) => id);
  return triggerAnswer.parse({
    firingId: firing.id,
    state: firing.state,
    reason: firing.reason,
    runId: runIds[0] ?? null,
    runIds,
    repeated: true,
  });
}

/** What keeps it from beginning now; the rule for runs that are not over is the deployment's own. */
async function whyNot(tx: Tx, ctx: Context, deployment: FoundTrigger["deployment"]): Promise<FiringReason | null> {
  const { scheduleOrder, scheduleOrderFailure } = deployment;
  // somebody wants it to pause: that its runner does not know yet changes nothing here
  const isPausing = scheduleOrder === "pause" && scheduleOrderFailure === null;
  if (deployment.schedulePausedAt || isPausing) return "PAUSED";
  if (!deployment.scheduleInstalledAt || deployment.scheduleFailureCode) return "NOT_INSTALLED";
  return makeRoom(tx, ctx, deployment);
}
