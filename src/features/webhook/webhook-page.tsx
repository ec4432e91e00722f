"use client";

import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import { Alert, Code, Skeleton, Stack } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { BackLink } from "@/components/back-link";
import { ErrorState } from "@/components/error-state";
import { Facts } from "@/components/facts";
import { InlineName } from "@/components/inline-name";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/panel";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { Deliveries } from "./deliveries.tsx";
import { WebhookActions } from "./webhook-actions.tsx";
import { webhookSituation } from "./webhook-words.ts";

const back = <BackLink href="/dashboard/alerts">Alerts</BackLink>;

/** One webhook: where it leads, what was sent to it, and sending it again. */
export function WebhookPage({ id }: { id: string }) {
  const trpc = useTRPC();
  const webhook = useQuery(trpc.webhook.get.queryOptions({ id }));
  if (webhook.data) return <Page webhook={webhook.data} />;
  return (
    <>
      <PageHeader above={back} title="Webhook" />
      {webhook.isError ? (
        <ErrorState error={webhook.error} onRetry={() => void webhook.refetch()} />
      ) : (
        <Stack gap="lg" aria-busy="true">
          <Skeleton height={180} radius="md" />
          <Skeleton height={260} radius="md" />
        </Stack>
      )}
    </>
  );
}

function Page({ webhook }: { webhook: WebhookView }) {
  const trpc = useTRPC();
  const mayManage = useProject().role !== "member";
  const rename = useMutation(trpc.webhook.change.mutationOptions());
  const { label, tone, explanation } = webhookSituation(webhook);
  return (
    <>
      <PageHeader
        above={back}
        title={
          <InlineName
            value={webhook.name}
            label="Rename webhook"
            disabled={!mayManage}
            onSave={(name) => rename.mutateAsync({ id: webhook.id, name })}
          />
        }
        actions={<StatusBadge tone={tone}>{label}</StatusBadge>}
      />
      <Stack gap="lg">
        {explanation && (
          <Alert variant="default" icon={<IconInfoCircle size={18} aria-hidden />} title={label}>
            {explanation}
          </Alert>
        )}
        <Panel title="About this webhook">
          <Facts
            divided
            items={[
              { label: "Address", value: <Code>{webhook.url}</Code> },
              { label: "Created", value: <TimeAgo at={webhook.createdAt} /> },
              {
                label: "Signing secret",
                value: webhook.previousSecretUntil ? (
                  <>
                    Replaced; the one before signs as well for 24 hours, until <Exact at={webhook.previousSecretUntil} />
                  </>
                ) : (
                  "Shown once when it was made"
                ),
              },
            ]}
          />
          {mayManage && <WebhookActions webhook={webhook} />}
        </Panel>
        <Deliveries webhook={webhook} mayManage={mayManage} />
      </Stack>
    </>
  );
}

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function Exact({ at }: { at: string }) {
  return <time dateTime={at}>{exact.format(new Date(at))}</time>;
}
