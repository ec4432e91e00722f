import {
  alertPage,
  alertRuleList,
  alertRuleView,
  alertSettingsView,
  changeAlertRuleInput,
  changeAlertSettingsInput,
  createAlertRuleInput,
  listAlertsInput,
} from "@deskhand/shared/schemas/alert";
import { byId, done, inProject } from "@deskhand/shared/schemas/common";
import { changeAlertRule } from "@/server/domain/alert/change-alert-rule";
import { changeAlertSettings } from "@/server/domain/alert/change-alert-settings";
import { createAlertRule } from "@/server/domain/alert/create-alert-rule";
import { deleteAlertRule } from "@/server/domain/alert/delete-alert-rule";
import { getAlertSettings, listAlertRules, listAlerts } from "@/server/domain/alert/queries";
import { serverProcess } from "@/server/process";
import { procedure, router } from "./trpc.ts";

const tags = ["Alerts"];
const installation = () => ({ emailReady: Boolean(serverProcess().env.SMTP_URL) });

export const alertRouter = router({
  list: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/alerts", tags, summary: "List alerts and where they went", protect: true },
    })
    .input(listAlertsInput)
    .output(alertPage)
    .query(({ ctx, input }) => listAlerts(ctx, input)),

  rules: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/alert-rules", tags, summary: "List alert rules", protect: true } })
    .input(inProject)
    .output(alertRuleList)
    .query(({ ctx, input }) => listAlertRules(ctx, input)),

  createRule: procedure
    .meta({
      policy: "alert.manage",
      openapi: { method: "POST", path: "/alert-rules", tags, summary: "Create an alert rule", protect: true },
    })
    .input(createAlertRuleInput)
    .output(alertRuleView)
    .mutation(({ ctx, input }) => createAlertRule(ctx, input)),

  changeRule: procedure
    .meta({
      policy: "alert.manage",
      openapi: { method: "PUT", path: "/alert-rules/{id}", tags, summary: "Change an alert rule", protect: true },
    })
    .input(changeAlertRuleInput)
    .output(alertRuleView)
    .mutation(({ ctx, input }) => changeAlertRule(ctx, input)),

  deleteRule: procedure
    .meta({
      policy: "alert.manage",
      openapi: { method: "DELETE", path: "/alert-rules/{id}", tags, summary: "Delete an alert rule", protect: true },
    })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => deleteAlertRule(ctx, input)),

  settings: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/alert-settings",
        tags,
        summary: "Get what alert rules can name, and when a runner counts as silent",
        protect: true,
      },
    })
    .input(inProject)
    .output(alertSettingsView)
    .query(({ ctx, input }) => getAlertSettings(ctx, input, installation())),

  changeSettings: procedure
    .meta({
      policy: "alert.manage",
      openapi: { method: "PATCH", path: "/alert-settings", tags, summary: "Change when a runner counts as silent", protect: true },
    })
    .input(changeAlertSettingsInput)
    .output(alertSettingsView)
    .mutation(({ ctx, input }) => changeAlertSettings(ctx, input, installation())),
});
