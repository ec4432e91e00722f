"use client";

import type { AlertRuleView, AlertSettingsView } from "@deskhand/shared/schemas/alert";
import { eventWords } from "@deskhand/shared/schemas/alert-words";
import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconBell, IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { CardTable } from "@/components/card-table";
import { ConfirmButton } from "@/components/confirm-button";
import { EmptyState } from "@/components/empty-state";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { AlertRuleModal } from "./alert-rule-modal.tsx";

type Props = { rules: AlertRuleView[]; webhooks: WebhookView[]; settings: AlertSettingsView; mayManage: boolean };

/** The rules: which events go to whom. */
export function AlertRules({ rules, webhooks, settings, mayManage }: Props) {
  const [editing, setEditing] = useState<AlertRuleView | "new" | null>(null);
  const add = (
    <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEditing("new")}>
      Add rule
    </Button>
  );
  const hasRules = rules.length > 0;
  return (
    <Panel title="Rules" description="Each says which events are told, and to whom." actions={mayManage && hasRules && add} flush>
      {hasRules ? (
        <CardTable label="Rules" columns={["Rule", "Told to", ""]} plain>
          {rules.map((rule) => (
            <RuleRow key={rule.id} rule={rule} mayManage={mayManage} onEdit={() => setEditing(rule)} />
          ))}
        </CardTable>
      ) : (
        <EmptyState
          plain
          icon={<IconBell size={26} stroke={1.5} aria-hidden />}
          title="Nobody is told yet"
          description={
            mayManage
              ? "Add a rule to hear of failed deployments, missed schedules and silent runners."
              : "An owner or admin of the project adds rules."
          }
          action={mayManage && add}
        />
      )}
      <AlertRuleModal rule={editing} webhooks={webhooks} settings={settings} onClose={() => setEditing(null)} />
    </Panel>
  );
}

function RuleRow({ rule, mayManage, onEdit }: { rule: AlertRuleView; mayManage: boolean; onEdit: () => void }) {
  const trpc = useTRPC();
  const remove = useMutation(trpc.alert.deleteRule.mutationOptions({ onSuccess: () => notifyDone(`The rule ${rule.name} was deleted.`) }));
  const targets = [
    ...rule.members.map(({ id, name, email }) => ({ id, text: `${name} (${email})` })),
    ...rule.webhooks.map(({ id, name, disabled }) => ({ id, text: `Webhook ${name}${disabled ? " (disabled)" : ""}` })),
  ];
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Text fw={500} size="sm">
            {rule.name}
          </Text>
          <Text size="xs" c="dimmed">
            {rule.events.map((event) => eventWords[event].label).join(" · ")}
          </Text>
        </div>
      </CardTable.Cell>
      <CardTable.Cell label="Told to">
        <Stack gap={2}>
          {targets.length === 0 && (
            <Text size="sm" c="dimmed">
              Nobody any more
            </Text>
          )}
          {targets.map(({ id, text }) => (
            <Text key={id} size="sm">
              {text}
            </Text>
          ))}
        </Stack>
      </CardTable.Cell>
      <CardTable.Cell>
        {mayManage && (
          <Group gap="xs" justify="flex-end" wrap="nowrap">
            <Button variant="default" size="compact-sm" onClick={onEdit} aria-label={`Edit ${rule.name}`}>
              Edit
            </Button>
            <ConfirmButton
              size="compact-sm"
              aria-label={`Delete ${rule.name}`}
              title={`Delete ${rule.name}?`}
              confirmLabel="Delete rule"
              message="Nobody is told by this rule any more. What is on its way still arrives."
              onConfirm={() => remove.mutateAsync({ id: rule.id })}
            >
              Delete
            </ConfirmButton>
          </Group>
        )}
      </CardTable.Cell>
    </CardTable.Row>
  );
}
