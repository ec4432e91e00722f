"use client";

import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { WebhookList } from "@/features/webhook/webhook-list";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { AlertHistory } from "./alert-history.tsx";
import { AlertRules } from "./alert-rules.tsx";
import { AlertSettings } from "./alert-settings.tsx";
import { AlertsSkeleton } from "./alerts-skeleton.tsx";

/** Who is told what: the project's rules, its webhooks, and what there was to tell. */
export function AlertsPage() {
  const trpc = useTRPC();
  const { id: projectId, role } = useProject();
  const mayManage = role !== "member";
  const settings = useQuery(trpc.alert.settings.queryOptions({ projectId }));
  const rules = useQuery(trpc.alert.rules.queryOptions({ projectId }));
  const webhooks = useQuery(trpc.webhook.list.queryOptions({ projectId }));
  const failed = [settings, rules, webhooks].find((query) => query.isError && !query.data);
  return (
    <>
      <PageHeader
        title="Alerts"
        description="Who is told, by e-mail or webhook, when a deployment fails, a schedule misses its time or a runner goes silent."
      />
      {failed ? (
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      ) : !settings.data || !rules.data || !webhooks.data ? (
        <AlertsSkeleton />
      ) : (
        <Stack gap="lg">
          <AlertRules rules={rules.data.items} webhooks={webhooks.data.items} settings={settings.data} mayManage={mayManage} />
          <WebhookList webhooks={webhooks.data.items} mayManage={mayManage} />
          <AlertSettings key={projectId} settings={settings.data} mayManage={mayManage} />
          <AlertHistory />
        </Stack>
      )}
    </>
  );
}
