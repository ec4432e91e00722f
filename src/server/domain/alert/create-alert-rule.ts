import type { AlertRuleView, createAlertRuleInput } from "@deskhand/shared/schemas/alert";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { lockProject } from "@/server/domain/project/lock-project";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { sendSignals } from "@/server/signals";
import { checkTargets, uniqueTargets } from "./check-targets.ts";
import { MAX_ALERT_RULES } from "./rules.ts";
import { ruleInclude, viewAlertRule } from "./view.ts";

/** Has some events of the project told to members and webhooks, from now on. @throws AppError NOT_FOUND; FORBIDDEN; CONFLICT at 50 rules */
export async function createAlertRule(ctx: Context, input: z.output<typeof createAlertRuleInput>): Promise<AlertRuleView> {
  const { projectId } = await authorize(ctx, input.projectId, "alert.manage");
  const { memberIds, webhookIds } = uniqueTargets(input);
  const rule = await ctx.db.$transaction(async (tx) => {
    await lockProject(tx, projectId);
    if ((await tx.alertRule.count({ where: { projectId } })) >= MAX_ALERT_RULES) {
      throw new AppError("CONFLICT", { userMessage: `A project may have ${MAX_ALERT_RULES} rules. Delete one that nobody needs.` });
    }
    await checkTargets(tx, projectId, { memberIds, webhookIds });
    const created = await tx.alertRule.create({
      data: {
        projectId,
        name: input.name,
        events: [...new Set(input.events)],
        createdAt: ctx.clock.now(),
        people: { create: memberIds.map((userId) => ({ userId, projectId })) },
        webhooks: { create: webhookIds.map((webhookId) => ({ webhookId })) },
      },
      include: ruleInclude,
    });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "alert", id: created.id }]);
    return created;
  });
  return viewAlertRule(rule);
}
