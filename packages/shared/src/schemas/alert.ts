import * as z from "zod";
import { id, inProject, instant, name, pageInput, pageOf } from "./common.ts";
import { delivery, deliveryState } from "./delivery.ts";
import { personReason } from "./run.ts";
import { firingReason } from "./schedule.ts";

/** What people may ask to be told of. The names are those in a webhook's `type`. */
export const alertEvent = z.enum([
  "deployment.failed",
  "deployment.finished",
  "schedule.missed",
  "schedule.refused",
  "run.waiting",
  "runner.silent",
  "runner.back",
  "backup.failed",
  "backup.overdue",
  "proxy.failed",
  "profile.created",
  "profile.updated",
  "profile.deleted",
  "profile.restored",
  "profile.moved",
  "profile.state-saved",
  "profile.state-restored",
  "profile.proxy-mismatch",
  "profile.opened",
  "profile.closed",
  "profile.move-failed",
]);
export type AlertEvent = z.infer<typeof alertEvent>;

/** All alerts: `profile.requested` goes to whoever uses the profile, `webhook.disabled` goes to the owner and the admins, `webhook.test` to the webhook that is tested. */
export const alertType = z.enum([...alertEvent.options, "profile.requested", "webhook.disabled", "webhook.test"]);
export type AlertType = z.infer<typeof alertType>;

const named = z.object({ id, name: z.string() });

/** How the runs of a deployment stand. */
export const runCounts = z.object({
  total: z.number().int(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  expired: z.number().int(),
  cancelled: z.number().int(),
  /** Not over yet. */
  active: z.number().int(),
});
export type RunCounts = z.infer<typeof runCounts>;

/** Those that tell of profiles, as many as something was done to at once. */
export const profileEvent = alertEvent.extract([
  "profile.created",
  "profile.updated",
  "profile.deleted",
  "profile.restored",
  "profile.moved",
  "profile.state-saved",
  "profile.state-restored",
  "profile.proxy-mismatch",
  "profile.opened",
  "profile.closed",
  "profile.move-failed",
]);
export type ProfileEvent = z.infer<typeof profileEvent>;
/** Most profiles that one alert names; of more there are several. */
export const PROFILES_PER_EVENT = 100;

const scheduled = {
  project: named,
  deployment: z.object({ id, createdAt: instant }),
  workflow: named.extend({ version: z.number().int() }),
  runner: named,
};

/** What an alert tells, by its type: the `data` of a webhook. Names, states, counts and codes; nothing of a page, no input. */
export const alertContent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("deployment.failed"),
    data: z.object({
      project: named,
      deployment: z.object({ id, createdAt: instant }),
      workflow: named.extend({ version: z.number().int() }),
      runner: named,
      runs: runCounts,
      /** Why, the most frequent first; at most 10. */
      failures: z.array(z.object({ code: z.string(), count: z.number().int() })),
      /** The first runs that failed; at most 10. */
      failedRuns: z.array(z.object({ id, profile: named, code: z.string().nullable(), step: z.number().int().nullable() })),
      url: z.string(),
    }),
  }),
  z.object({
    type: z.literal("schedule.missed"),
    data: z.object({
      ...scheduled,
      /** So many times in a row, from `dueAt` on, began nothing. */
      firing: z.object({ id, dueAt: instant, count: z.number().int(), reason: firingReason.nullable() }),
      url: z.string(),
    }),
  }),
  z.object({
    type: z.literal("schedule.refused"),
    data: z.object({
      ...scheduled,
      /** What the runner was asked and did not do. */
      order: z.object({ id, what: z.enum(["install", "pause", "resume", "remove"]) }),
      code: z.string(),
      url: z.string(),
    }),
  }),
  z.object({
    type: z.literal("run.waiting"),
    data: z.object({
      project: named,
      workflow: named,
      runner: named,
      profile: named,
      run: z.object({ id, step: z.number().int(), reason: personReason, until: instant }),
      url: z.string(),
    }),
  }),
  z.object({
    type: z.literal("deployment.finished"),
    data: z.object({
      project: named,
      deployment: z.object({ id, createdAt: instant }),
      workflow: named.extend({ version: z.number().int() }),
      runner: named,
      runs: runCounts,
      finishedAt: instant,
      url: z.string(),
    }),
  }),
  z.object({
    type: z.literal("backup.failed"),
    data: z.object({
      project: named,
      runner: named,
      code: z.string(),
      /** Since the last that went well. */
      failures: z.number().int(),
      succeededAt: instant.nullable(),
      url: z.string(),
    }),
  }),
  z.object({
    type: z.literal("backup.overdue"),
    data: z.object({ project: named, runner: named, succeededAt: instant.nullable(), overdueSince: instant, url: z.string() }),
  }),
  z.object({
    type: z.literal("proxy.failed"),
    data: z.object({ project: named, proxy: named, code: z.string(), url: z.string() }),
  }),
  z.object({
    type: profileEvent,
    data: z.object({
      project: named,
      /** With the runner where each is now; at most 100. */
      profiles: z.array(named.extend({ runner: named })),
      url: z.string(),
    }),
  }),
  z.object({
    type: z.literal("runner.silent"),
    data: z.object({ project: named, runner: named, lastSeenAt: instant, waitingRuns: z.number().int(), url: z.string() }),
  }),
  z.object({
    type: z.literal("runner.back"),
    data: z.object({ project: named, runner: named, silentSince: instant, backAt: instant, url: z.string() }),
  }),
  z.object({
    type: z.literal("profile.requested"),
    data: z.object({ project: named, profile: named, requestedBy: named, message: z.string(), expiresAt: instant, url: z.string() }),
  }),
  z.object({
    type: z.literal("webhook.disabled"),
    data: z.object({
      project: named,
      webhook: named,
      reason: z.enum(["failing", "gone"]),
      failingSince: instant.nullable(),
      url: z.string(),
    }),
  }),
  z.object({
    type: z.literal("webhook.test"),
    data: z.object({ project: named, webhook: named, url: z.string() }),
  }),
]);
export type AlertContent = z.infer<typeof alertContent>;

const ruleFields = {
  name,
  events: z.array(alertEvent).min(1, "Choose at least one event.").max(alertEvent.options.length),
  /** Members who get an e-mail. */
  memberIds: z.array(id).max(50, "At most 50 people."),
  webhookIds: z.array(id).max(20, "At most 20 webhooks."),
};
const somewhere = (rule: { memberIds: string[]; webhookIds: string[] }) => rule.memberIds.length + rule.webhookIds.length > 0;
const nowhere = { error: "Choose somebody or a webhook to tell.", path: ["memberIds"] };

export const createAlertRuleInput = inProject.extend(ruleFields).refine(somewhere, nowhere);
export const changeAlertRuleInput = z.object({ id, ...ruleFields }).refine(somewhere, nowhere);

export const alertRuleView = z.object({
  id,
  name: z.string(),
  events: z.array(alertEvent),
  members: z.array(named.extend({ email: z.string() })),
  webhooks: z.array(named.extend({ disabled: z.boolean() })),
  createdAt: instant,
});
export type AlertRuleView = z.infer<typeof alertRuleView>;
export const alertRuleList = z.object({ items: z.array(alertRuleView) });

export const alertSettingsView = z.object({
  /** How long a runner may be away before it counts as silent, in minutes. */
  silentAfterMinutes: z.number().int(),
  /** Can this installation send e-mail? */
  emailReady: z.boolean(),
  /** Who can be chosen in a rule. */
  members: z.array(named.extend({ email: z.string() })),
});
export type AlertSettingsView = z.infer<typeof alertSettingsView>;
export const changeAlertSettingsInput = inProject.extend({ silentAfterMinutes: z.number().int().min(2).max(1440) });

export const listAlertsInput = inProject.extend(pageInput.shape);

export const alertView = z.object({
  id,
  createdAt: instant,
  content: alertContent,
  deliveries: z.array(z.object({ id, to: z.string(), channel: delivery.channel, state: deliveryState, problem: delivery.problem })),
});
export type AlertView = z.infer<typeof alertView>;
export const alertPage = pageOf(alertView);
