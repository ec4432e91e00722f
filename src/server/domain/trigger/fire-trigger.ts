import { verifyWebhook } from "@deskhand/shared/client/verify-webhook";
import type { ErrorCode } from "@deskhand/shared/error-codes";
import { readTriggerValues } from "@deskhand/shared/schedule/trigger-values";
import type { InputValues } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import { schedule as scheduleSchema } from "@deskhand/shared/schemas/schedule";
import type { TriggerAnswer } from "@deskhand/shared/schemas/trigger";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { readInputs } from "@/server/domain/deployment/read-inputs";
import { authorize } from "@/server/domain/project/policy";
import { secretsOf } from "@/server/domain/webhook/secret";
import { AppError, toAppError } from "@/server/errors";
import { takeFromLimit } from "@/server/rate-limit";
import { sendSignals } from "@/server/signals";
import { beginFiring, findAnswer } from "./begin-firing.ts";
import { callsByAddress, callsByTrigger } from "./rules.ts";

/** Whoever deployed it is not there any more, has left the project, or may only look now. */
const notAllowed: readonly ErrorCode[] = ["UNAUTHENTICATED", "NOT_FOUND", "FORBIDDEN"];

type Message = {
  triggerId: string;
  headers: Headers;
  /** The very text that came. */
  body: string;
  /** Of whoever sent it. */
  address: string;
};

export type FoundTrigger = NonNullable<Awaited<ReturnType<typeof findTrigger>>>;

/**
 * Begins a deployment because a signed message came for it. The runner holds it against what was signed when it was deployed. A message
 * that comes again, as its sender got no answer, begins nothing and is answered with what it began.
 * @throws AppError NOT_FOUND, the same for whatever is not there; SIGNATURE_INVALID for a wrong or late signature; TRIGGER_DISABLED;
 * RATE_LIMITED; INVALID_INPUT and the codes of inputs for what the message holds
 */
export async function fireTrigger(ctx: Context, message: Message, { authSecret }: { authSecret: string }): Promise<TriggerAnswer> {
  await takeFromLimit(ctx.db, callsByAddress, `${message.triggerId}:${message.address}`);
  const trigger = await findTrigger(ctx, message.triggerId);
  if (!trigger) throw new AppError("NOT_FOUND");
  try {
    return await fire(ctx, trigger, message, authSecret);
  } catch (error) {
    const refusal = toAppError(error);
    const { projectId, deploymentId } = trigger;
    await ctx.db.$transaction(async (tx) => {
      const data = { lastRefusal: refusal.code, lastRefusedAt: ctx.clock.now() };
      await tx.trigger.updateMany({ where: { id: trigger.id }, data });
      await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id: deploymentId }]);
    });
    throw refusal;
  }
}

async function fire(ctx: Context, trigger: FoundTrigger, message: Message, authSecret: string): Promise<TriggerAnswer> {
  const { deployment, sealedSecret } = trigger;
  const now = ctx.clock.now();
  const secrets = sealedSecret === null ? undefined : secretsOf({ ...trigger, sealedSecret }, authSecret, now);
  const verified = secrets && (await verifyWebhook(secrets, message.headers, message.body, now.getTime()));
  if (!verified)
    throw new AppError("SIGNATURE_INVALID", { userMessage: "The message is not signed with this trigger's secret, or is too old." });
  if (trigger.disabledAt) throw new AppError("TRIGGER_DISABLED");
  const { when } = scheduleSchema.parse(deployment.schedule);
  const isEnding = deployment.scheduleOrder === "remove" && deployment.scheduleOrderFailure === null;
  if (when.kind !== "webhook" || isEnding) throw new AppError("NOT_FOUND");
  const earlier = await findAnswer(ctx, trigger.id, verified.id);
  if (earlier) return earlier;
  await takeFromLimit(ctx.db, callsByTrigger(when.perHour), trigger.id);
  const recording = deployment.workflowVersion.content as unknown as Recording;
  const read = readTriggerValues(recording.inputs, when.inputs, readBody(message.body));
  if (!read.ok) throw new AppError("INPUT_WRONG_TYPE", { userMessage: read.message, details: { field: read.field } });
  readInputs(recording.inputs, { ...(deployment.inputs as InputValues), ...read.values });

  const { projectId, runnerId, profileIds, createdById } = deployment;
  // it is begun in the name of who deployed it, who may have lost the right to
  const inTheirName: Context = { ...ctx, actor: createdById ? { kind: "user", userId: createdById, sessionId: "trigger" } : ctx.actor };
  const mayRun = await authorize(inTheirName, projectId, "run.write").then(
    () => true,
    (error: unknown) => {
      const { code } = toAppError(error);
      if (notAllowed.includes(code)) return false;
      // that says nothing of them: the sender tries again
      throw error;
    },
  );
  if (mayRun) await limitCommands(ctx, { projectId, runnerId, count: profileIds.length });
  return beginFiring(inTheirName, { trigger, messageId: verified.id, values: read.values, mayRun });
}

function findTrigger(ctx: Context, id: string) {
  return ctx.db.trigger.findUnique({
    where: { id, deployment: { scheduleRemovedAt: null, workflowVersion: { workflow: { deletedAt: null } } } },
    include: {
      deployment: {
        include: { workflowVersion: { select: { id: true, workflowId: true, content: true } } },
        omit: { workflows: true, signedManifest: true },
      },
    },
  });
}

/** A body that is empty brings nothing. */
function readBody(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("INVALID_INPUT", { userMessage: "The message's body is not JSON." });
  }
}
