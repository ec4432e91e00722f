"use client";

import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import { Anchor, Button, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconWebhook } from "@tabler/icons-react";
import Link from "next/link";
import { CardTable } from "@/components/card-table";
import { EmptyState } from "@/components/empty-state";
import { Panel } from "@/components/panel";
import { StatusBadge } from "@/components/status-badge";
import { CreateWebhookModal } from "./create-webhook-modal.tsx";
import { webhookSituation } from "./webhook-words.ts";

/** The project's webhooks, each the way to its deliveries. */
export function WebhookList({ webhooks, mayManage }: { webhooks: WebhookView[]; mayManage: boolean }) {
  const [creating, { open, close }] = useDisclosure(false);
  const add = (
    <Button size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={open}>
      Add webhook
    </Button>
  );
  const hasWebhooks = webhooks.length > 0;
  return (
    <Panel
      title="Webhooks"
      description="Addresses of your own that are told, each message signed as Standard Webhooks says."
      actions={mayManage && hasWebhooks && add}
      flush
    >
      {hasWebhooks ? (
        <CardTable label="Webhooks" columns={["Webhook", "State", "Waiting", "Delivered", "Failed"]} plain>
          {webhooks.map((webhook) => (
            <WebhookRow key={webhook.id} webhook={webhook} />
          ))}
        </CardTable>
      ) : (
        <EmptyState
          plain
          icon={<IconWebhook size={26} stroke={1.5} aria-hidden />}
          title="No webhook yet"
          description={mayManage ? "Add one to have a program of yours told." : "An owner or admin of the project adds webhooks."}
          action={mayManage && add}
        />
      )}
      <CreateWebhookModal opened={creating} onClose={close} />
    </Panel>
  );
}

function WebhookRow({ webhook }: { webhook: WebhookView }) {
  const { label, tone } = webhookSituation(webhook);
  const { pending, delivered, failed } = webhook.counts;
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Anchor component={Link} href={`/dashboard/alerts/webhooks/${webhook.id}`} size="sm" fw={500}>
            {webhook.name}
          </Anchor>
          <Text size="xs" c="dimmed">
            {webhook.url}
          </Text>
        </div>
      </CardTable.Cell>
      <CardTable.Cell corner>
        <StatusBadge tone={tone}>{label}</StatusBadge>
      </CardTable.Cell>
      <CardTable.Cell label="Waiting">{pending}</CardTable.Cell>
      <CardTable.Cell label="Delivered">{delivered}</CardTable.Cell>
      <CardTable.Cell label="Failed">{failed}</CardTable.Cell>
    </CardTable.Row>
  );
}
