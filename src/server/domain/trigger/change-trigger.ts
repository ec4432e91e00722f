import type { changeTriggerInput, TriggerView } from "@deskhand/shared/schemas/trigger";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findWebhookTrigger, showTrigger } from "./queries.ts";

/** Switches a webhook off, or on again. The deployment stays on its runner; ending that is an order of its own. @throws AppError NOT_FOUND; FORBIDDEN */
export async function changeTrigger(
  ctx: Context,
  { id, enabled }: z.output<typeof changeTriggerInput>,
  where: { publicUrl: string },
): Promise<TriggerView> {
  const { projectId, deploymentId } = await findWebhookTrigger(ctx, id);
  await ctx.db.$transaction(async (tx) => {
    await tx.trigger.update({ where: { id }, data: { disabledAt: enabled ? null : ctx.clock.now() } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "deployment", id: deploymentId }]);
  });
  return showTrigger(ctx, deploymentId, where);
}
