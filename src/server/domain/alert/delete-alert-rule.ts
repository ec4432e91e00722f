import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { findAlertRule } from "./queries.ts";

/** Ends a rule; what is on its way arrives. @throws AppError NOT_FOUND; FORBIDDEN */
export async function deleteAlertRule(ctx: Context, input: { id: string }): Promise<{ done: true }> {
  const { id, projectId } = await findAlertRule(ctx, input.id, "alert.manage");
  await ctx.db.$transaction(async (tx) => {
    await tx.alertRule.deleteMany({ where: { id } });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "alert", id }]);
  });
  return { done: true };
}
