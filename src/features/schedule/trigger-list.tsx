"use client";

import { firingWords } from "@deskhand/shared/schemas/firing-words";
import type { TriggerView } from "@deskhand/shared/schemas/trigger";
import { Anchor, Button, Group, Text } from "@mantine/core";
import { IconBolt } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { BackLink } from "@/components/back-link";
import { CardTable } from "@/components/card-table";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { wordsOfRefusal } from "@/components/error-words";
import { PageHeader } from "@/components/page-header";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { endings, scheduleWords } from "./schedule-words.ts";
import { standingOf } from "./standing.ts";

/** All that begins deployments besides people and times, with what became of the last time. */
export function TriggerList() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const list = useInfiniteQuery(
    trpc.trigger.list.infiniteQueryOptions({ projectId, limit: 25 }, { getNextPageParam: (page) => page.nextCursor }),
  );
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHeader
        above={<BackLink href="/dashboard/deployments">Deployments</BackLink>}
        title="Triggers"
        description="What begins deployments by itself: messages, other workflows, the start of a runner."
      />
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isSuccess && items.length === 0 ? (
        <EmptyState
          icon={<IconBolt size={26} stroke={1.5} aria-hidden />}
          title="No triggers yet"
          description="Deploy a workflow and choose under “When” what begins it."
          action={
            <Button component={Link} href="/dashboard/workflows">
              To the workflows
            </Button>
          }
        />
      ) : (
        <CardTable label="Triggers" columns={["Workflow", "Begins", "Runner", "Last time"]} loading={list.isPending} lines={2}>
          {items.map((trigger) => (
            <TriggerRow key={trigger.deploymentId} trigger={trigger} />
          ))}
        </CardTable>
      )}
      {list.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            Show more
          </Button>
        </Group>
      )}
    </>
  );
}

function TriggerRow({ trigger }: { trigger: TriggerView }) {
  const { deploymentId, workflowName, version, schedule, afterWorkflowName, runnerName, lastFiring, webhook } = trigger;
  const { when } = schedule;
  const standing = standingOf(schedule, Date.now());
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Anchor component={Link} href={`/dashboard/deployments/${deploymentId}`} size="sm" fw={500} c="inherit">
            {workflowName}
          </Anchor>
          <Text span size="xs" c="dimmed" ml={6}>
            v{version}
          </Text>
        </div>
      </CardTable.Cell>
      <CardTable.Cell label="Begins">
        <Text size="sm">
          {when.kind === "after" ? `When ${afterWorkflowName ?? "a deleted workflow"} ${endings[when.on]}` : scheduleWords(schedule)}
          {standing.label !== "Active" && ` · ${standing.label.toLowerCase()}`}
          {webhook?.disabledAt && " · switched off"}
        </Text>
      </CardTable.Cell>
      <CardTable.Cell label="Runner">
        <Text size="sm">{runnerName}</Text>
      </CardTable.Cell>
      <CardTable.Cell label="Last time">
        <LastTime trigger={trigger} lastFiring={lastFiring} />
      </CardTable.Cell>
    </CardTable.Row>
  );
}

function LastTime({ trigger: { webhook }, lastFiring }: { trigger: TriggerView; lastFiring: TriggerView["lastFiring"] }) {
  const refused = webhook?.lastRefusal && webhook.lastRefusedAt && (!lastFiring || webhook.lastRefusedAt > lastFiring.dueAt);
  const [runId] = lastFiring?.runIds ?? [];
  if (refused && webhook.lastRefusedAt) {
    return (
      <Text size="sm">
        Refused <TimeAgo at={webhook.lastRefusedAt} />: {wordsOfRefusal(webhook.lastRefusal ?? "")}
      </Text>
    );
  }
  if (!lastFiring) {
    return (
      <Text size="sm" c="dimmed">
        Never
      </Text>
    );
  }
  return (
    <Text size="sm">
      {firingWords(lastFiring)} <TimeAgo at={lastFiring.dueAt} />
      {runId && " · "}
      {runId && (
        <Anchor component={Link} size="sm" underline="always" href={`/dashboard/runs/${runId}`}>
          Open the run
        </Anchor>
      )}
    </Text>
  );
}
