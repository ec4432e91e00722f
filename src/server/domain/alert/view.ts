import { type AlertRuleView, type AlertView, alertContent, alertEvent } from "@deskhand/shared/schemas/alert";
import { readProblem } from "@/server/domain/delivery/view";
import type { Alert, Delivery } from "@/server/generated/prisma/client";

type Person = { id: string; name: string; email: string };

/** What a view needs of a rule besides its own row. */
export const ruleInclude = {
  people: { select: { member: { select: { user: { select: { id: true, name: true, email: true } } } } } },
  webhooks: { select: { webhook: { select: { id: true, name: true, disabledAt: true } } } },
} as const;

type RuleRow = {
  id: string;
  name: string;
  events: string[];
  createdAt: Date;
  people: { member: { user: Person } }[];
  webhooks: { webhook: { id: string; name: string; disabledAt: Date | null } }[];
};

export function viewAlertRule(rule: RuleRow): AlertRuleView {
  return {
    id: rule.id,
    name: rule.name,
    events: rule.events.flatMap((event) => alertEvent.safeParse(event).data ?? []),
    members: rule.people.map(({ member }) => member.user),
    webhooks: rule.webhooks.map(({ webhook: { id, name, disabledAt } }) => ({ id, name, disabled: disabledAt !== null })),
    createdAt: rule.createdAt.toISOString(),
  };
}

type Sent = Delivery & { webhook: { name: string } | null; user: { email: string } | null };

/** Undefined for an alert that another version of the server wrote and that this one cannot read. */
export function viewAlert({ deliveries, ...alert }: Alert & { deliveries: Sent[] }): AlertView | undefined {
  const content = alertContent.safeParse({ type: alert.type, data: alert.data });
  if (!content.success) return undefined;
  return {
    id: alert.id,
    createdAt: alert.createdAt.toISOString(),
    content: content.data,
    deliveries: deliveries.map(({ id, webhook, user, state, problem }) => ({
      id,
      to: webhook?.name ?? user?.email ?? "",
      channel: webhook ? ("webhook" as const) : ("email" as const),
      state,
      problem: readProblem(problem),
    })),
  };
}
