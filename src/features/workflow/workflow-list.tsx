"use client";

import type { WorkflowView } from "@deskhand/shared/schemas/workflow";
import { Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus, IconRoute, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { CardTable } from "@/components/card-table";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { RunStateBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** All workflows of the project, found by name. */
export function WorkflowList() {
  const trpc = useTRPC();
  const project = useProject();
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), 200);
  const list = useInfiniteQuery(
    trpc.workflow.list.infiniteQueryOptions(
      { projectId: project.id, limit: 50, ...(search ? { search } : {}) },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: (before) => before },
    ),
  );
  const workflows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const nothingYet = list.isSuccess && workflows.length === 0 && search === "" && typed === "";

  return (
    <>
      <PageHeader
        title="Workflows"
        description="Automations, recorded or built step by step, ready to run on your runners."
        actions={!nothingYet && <NewWorkflow />}
      />
      {nothingYet ? (
        <EmptyState
          icon={<IconRoute size={22} stroke={1.5} aria-hidden />}
          title="No workflows yet"
          description="Record what you do on a page, build it step by step, or bring a recording of Chrome. Deskhand repeats it in your own browser profiles."
          action={<NewWorkflow />}
        />
      ) : (
        <Stack gap="md">
          <TextInput
            type="search"
            aria-label="Search workflows"
            placeholder="Search by name"
            leftSection={<IconSearch size={16} aria-hidden />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            maxLength={80}
            maw={{ sm: 320 }}
          />
          {list.isError && !list.data ? (
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          ) : list.isSuccess && workflows.length === 0 ? (
            <EmptyState
              icon={<IconSearch size={22} stroke={1.5} aria-hidden />}
              title={`No workflow is called “${search}”`}
              description="Try a part of the name."
              action={
                <Button variant="default" onClick={() => setTyped("")}>
                  Clear search
                </Button>
              }
            />
          ) : (
            <CardTable label="Workflows" columns={["Name", "Steps", "Version", "Last run", "Changed"]} loading={list.isPending}>
              {workflows.map((workflow) => (
                <Row key={workflow.id} workflow={workflow} />
              ))}
            </CardTable>
          )}
          {list.hasNextPage && (
            <Group justify="center">
              <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
                Show more
              </Button>
            </Group>
          )}
        </Stack>
      )}
    </>
  );
}

function Row({ workflow }: { workflow: WorkflowView }) {
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <Anchor component={Link} href={`/dashboard/workflows/${workflow.id}`} size="sm" fw={500} c="inherit">
          {workflow.name}
        </Anchor>
      </CardTable.Cell>
      <CardTable.Cell label="Steps">{workflow.stepCount}</CardTable.Cell>
      <CardTable.Cell label="Version">{workflow.latestVersion}</CardTable.Cell>
      <CardTable.Cell label="Last run">
        {workflow.lastRunState && workflow.lastRunAt ? (
          <Group gap="xs" wrap="nowrap">
            <RunStateBadge state={workflow.lastRunState} />
            <Text size="sm" c="dimmed" component="div">
              <TimeAgo at={workflow.lastRunAt} />
            </Text>
          </Group>
        ) : (
          <Text size="sm" c="dimmed">
            Never
          </Text>
        )}
      </CardTable.Cell>
      <CardTable.Cell label="Changed">
        <Text size="sm" c="dimmed" component="div">
          <TimeAgo at={workflow.updatedAt} />
        </Text>
      </CardTable.Cell>
    </CardTable.Row>
  );
}

function NewWorkflow() {
  return (
    <Button component={Link} href="/dashboard/workflows/new" leftSection={<IconPlus size={16} aria-hidden />}>
      New workflow
    </Button>
  );
}
