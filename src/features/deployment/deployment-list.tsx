"use client";

import type { DeploymentProgress } from "@deskhand/shared/schemas/deployment";
import { isTrigger } from "@deskhand/shared/schemas/schedule";
import { Anchor, Button, Group, SegmentedControl, Text } from "@mantine/core";
import { IconBolt, IconRocket } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { CardTable } from "@/components/card-table";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { ScheduleMenu } from "@/features/schedule/schedule-menu";
import { scheduleWords, timeWords } from "@/features/schedule/schedule-words";
import { nextTimeOf, standingOf } from "@/features/schedule/standing";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { BatchBar } from "./batch-bar.tsx";
import { isOver } from "./batch-words.ts";

const kinds = [
  { value: "all", label: "All" },
  { value: "scheduled", label: "Scheduled" },
  { value: "triggered", label: "Triggered" },
  { value: "once", label: "Once" },
] as const;
type Kind = (typeof kinds)[number]["value"];
const nothing: Record<Exclude<Kind, "all">, { title: string; description: string }> = {
  scheduled: { title: "Nothing is scheduled", description: "Deploy a workflow and choose under “When” at which times it runs." },
  triggered: { title: "No triggers yet", description: "Deploy a workflow and choose under “When” what begins it." },
  once: { title: "Nothing was deployed by hand", description: "Open a workflow and deploy it to one profile or a thousand." },
};

/** All deployments of the project, each with how far it is. */
export function DeploymentList() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const router = useRouter();
  const asked = useSearchParams().get("kind");
  const kind: Kind = kinds.find(({ value }) => value === asked)?.value ?? "all";
  const list = useInfiniteQuery(
    trpc.deployment.list.infiniteQueryOptions(
      { projectId, limit: 25, ...(kind === "all" ? {} : { kind }) },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHeader
        title="Deployments"
        description="What was deployed to which profiles, and how far each is."
        actions={
          <Button
            component={Link}
            href="/dashboard/deployments/triggers"
            variant="default"
            leftSection={<IconBolt size={16} aria-hidden />}
          >
            Triggers
          </Button>
        }
      />
      {(kind !== "all" || items.length > 0) && (
        <SegmentedControl
          aria-label="Kind of deployment"
          mb="md"
          data={[...kinds]}
          value={kind}
          onChange={(next) => router.replace(next === "all" ? "/dashboard/deployments" : `/dashboard/deployments?kind=${next}`)}
        />
      )}
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isSuccess && items.length === 0 ? (
        <EmptyState
          icon={<IconRocket size={26} stroke={1.5} aria-hidden />}
          title={kind === "all" ? "Nothing deployed yet" : nothing[kind].title}
          description={kind === "all" ? nothing.once.description : nothing[kind].description}
          action={
            <Button component={Link} href="/dashboard/workflows">
              To the workflows
            </Button>
          }
        />
      ) : (
        <CardTable
          label="Deployments"
          columns={["Workflow", "State", "Profiles", "Progress", "Runner", "Deployed", ""]}
          loading={list.isPending}
        >
          {items.map((deployment) => (
            <DeploymentRow key={deployment.id} deployment={deployment} />
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

function DeploymentRow({ deployment }: { deployment: DeploymentProgress }) {
  const { profiles, schedule, createdAt } = deployment;
  const next = schedule ? nextTimeOf({ createdAt, schedule }, Date.now()) : undefined;
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Anchor component={Link} href={`/dashboard/deployments/${deployment.id}`} size="sm" fw={500} c="inherit">
            {deployment.workflowName}
          </Anchor>
          <Text span size="xs" c="dimmed" ml={6}>
            v{deployment.version}
          </Text>
        </div>
      </CardTable.Cell>
      <CardTable.Cell corner>
        <DeploymentState deployment={deployment} />
      </CardTable.Cell>
      <CardTable.Cell label="Profiles">
        <Text size="sm">{(deployment.schedule?.profileIds.length ?? profiles).toLocaleString("en")}</Text>
      </CardTable.Cell>
      <CardTable.Cell label="Progress">
        <div>
          {profiles > 0 ? (
            <div style={{ width: "9rem" }}>
              <BatchBar deployment={deployment} />
            </div>
          ) : (
            <Text size="sm" c="dimmed">
              {next === undefined && schedule && isTrigger(schedule.when) ? scheduleWords(schedule) : "No run yet"}
            </Text>
          )}
          {next !== undefined && (
            <Text size="xs" c="dimmed">
              Next {timeWords(next)}
            </Text>
          )}
        </div>
      </CardTable.Cell>
      <CardTable.Cell label="Runner">
        <Text size="sm">{deployment.runnerName}</Text>
      </CardTable.Cell>
      <CardTable.Cell label="Deployed">
        <Text size="sm" c="dimmed" component="div" style={{ whiteSpace: "nowrap" }}>
          <TimeAgo at={deployment.createdAt} />
        </Text>
      </CardTable.Cell>
      <CardTable.Cell align="right">
        {schedule && schedule.removedAt === null && <ScheduleMenu deployment={{ ...deployment, schedule }} />}
      </CardTable.Cell>
    </CardTable.Row>
  );
}

/** Of one that runs by itself how its schedule stands; of others, and once nothing comes of it any more, how its runs went. */
function DeploymentState({ deployment }: { deployment: DeploymentProgress }) {
  const { counts, profiles, schedule } = deployment;
  const standing = schedule && standingOf(schedule, Date.now());
  if (standing && !standing.isOver) {
    return <StatusBadge tone={standing.tone}>{stateWords[standing.label] ?? standing.label}</StatusBadge>;
  }
  const bad = counts.failed + counts.expired;
  if (!isOver(deployment)) {
    return <StatusBadge tone={deployment.pausedAt ? "wait" : "busy"}>{deployment.pausedAt ? "Paused" : "Under way"}</StatusBadge>;
  }
  if (bad > 0) return <StatusBadge tone="bad">{profiles === 1 ? "Failed" : `${bad} failed`}</StatusBadge>;
  if (profiles === 0) return <StatusBadge tone="idle">{standing?.label ?? "Ended"}</StatusBadge>;
  if (counts.cancelled > 0) return <StatusBadge tone="idle">Cancelled</StatusBadge>;
  return <StatusBadge tone="good">Succeeded</StatusBadge>;
}

/** Where the word alone could be meant of its runs. */
const stateWords: Record<string, string> = { Active: "Scheduled", Paused: "Schedule paused" };
