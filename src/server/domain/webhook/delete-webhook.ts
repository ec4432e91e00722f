import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findWebhook } from "./queries.ts";

/** Deletes a webhook with its deliveries; rules that named it stay. @throws AppError NOT_FOUND; FORBIDDEN */
export async function deleteWebhook(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId } = await findWebhook(ctx, input.id, "alert.manage");
  await ctx.db.$transaction(async (tx) => {
    await tx.webhook.deleteMany({ where: { id } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "alert", id }]);
  });
  return { done: true };
}
