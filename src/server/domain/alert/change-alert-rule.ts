import type { AlertRuleView, changeAlertRuleInput } from "@deskhand/shared/schemas/alert";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { sendSignals } from "@/server/signals";
import { checkTargets, uniqueTargets } from "./check-targets.ts";
import { findAlertRule } from "./queries.ts";
import { ruleInclude, viewAlertRule } from "./view.ts";

/** Replaces what a rule says, from the next alert on. @throws AppError NOT_FOUND; FORBIDDEN */
export async function changeAlertRule(ctx: Context, input: z.output<typeof changeAlertRuleInput>): Promise<AlertRuleView> {
  const { id, projectId } = await findAlertRule(ctx, input.id, "alert.manage");
  const { memberIds, webhookIds } = uniqueTargets(input);
  const rule = await ctx.db.$transaction(async (tx) => {
    await checkTargets(tx, projectId, { memberIds, webhookIds });
    await tx.alertRuleMember.deleteMany({ where: { ruleId: id } });
    await tx.alertRuleWebhook.deleteMany({ where: { ruleId: id } });
    const changed = await tx.alertRule.update({
      where: { id },
      data: {
        name: input.name,
        events: [...new Set(input.events)],
        people: { create: memberIds.map((userId) => ({ userId, projectId })) },
        webhooks: { create: webhookIds.map((webhookId) => ({ webhookId })) },
      },
      include: ruleInclude,
    });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "alert", id }]);
    return changed;
  });
  return viewAlertRule(rule);
}
