import type { AlertRuleView, AlertSettingsView, AlertView, listAlertsInput } from "@deskhand/shared/schemas/alert";
import type { Page } from "@deskhand/shared/schemas/common";
import type { Permission } from "@deskhand/shared/schemas/project";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { afterCursor, newestFirst, pageFrom } from "@/server/cursor";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import type { AlertRule } from "@/server/generated/prisma/client";
import { ruleInclude, viewAlert, viewAlertRule } from "./view.ts";

type InProject = { projectId?: string | undefined };

/** A page of a project's alerts with where they went, newest first; tests of webhooks are no alerts. */
export async function listAlerts(ctx: Context, input: z.output<typeof listAlertsInput>): Promise<Page<AlertView>> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const rows = await ctx.db.alert.findMany({
    where: { projectId, type: { not: "webhook.test" }, ...afterCursor(input.cursor) },
    include: {
      deliveries: { include: { webhook: { select: { name: true } }, user: { select: { email: true } } }, orderBy: { id: "asc" } },
    },
    orderBy: newestFirst,
    take: input.limit + 1,
  });
  const { items, nextCursor } = pageFrom(rows, input.limit, viewAlert);
  return { items: items.filter((item) => item !== undefined), nextCursor };
}

/** The project's rules, newest first. */
export async function listAlertRules(ctx: Context, input: InProject): Promise<{ items: AlertRuleView[] }> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const rules = await ctx.db.alertRule.findMany({ where: { projectId }, include: ruleInclude, orderBy: newestFirst });
  return { items: rules.map(viewAlertRule) };
}

/** A rule that the actor may change. @throws AppError NOT_FOUND */
export async function findAlertRule(ctx: Context, id: string, permission: Permission): Promise<AlertRule> {
  const rule = await ctx.db.alertRule.findUnique({ where: { id } });
  if (!rule) throw new AppError("NOT_FOUND");
  await authorize(ctx, rule.projectId, permission);
  return rule;
}

/** What rules can name, and what holds for all of them. */
export async function getAlertSettings(
  ctx: Context,
  input: InProject,
  { emailReady }: { emailReady: boolean },
): Promise<AlertSettingsView> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  return showAlertSettings(ctx, projectId, { emailReady });
}

/** As {@link getAlertSettings}; the caller has authorized it. */
export async function showAlertSettings(
  ctx: Context,
  projectId: string,
  { emailReady }: { emailReady: boolean },
): Promise<AlertSettingsView> {
  const { silentAfterMinutes, members } = await ctx.db.project.findUniqueOrThrow({
    where: { id: projectId },
    select: {
      silentAfterMinutes: true,
      members: { select: { user: { select: { id: true, name: true, email: true } } }, orderBy: { createdAt: "asc" }, take: 200 },
    },
  });
  return { silentAfterMinutes, emailReady, members: members.map(({ user }) => user) };
}
