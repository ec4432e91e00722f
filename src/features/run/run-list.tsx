"use client";

import { Button, Group, Stack } from "@mantine/core";
import { IconChartLine, IconFilterOff, IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter, useSearchParams } from "next/navigation";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { RunFilterBar } from "./run-filter-bar.tsx";
import { readRunFilters, runsAddress } from "./run-filters.ts";
import { RunTable } from "./run-table.tsx";

/** All runs, newest first; the filters are in the address, so that a view can be kept and sent. */
export function RunList() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const router = useRouter();
  const filters = readRunFilters(useSearchParams());
  const filtered = Object.keys(filters).length > 0;
  const list = useInfiniteQuery(
    trpc.run.list.infiniteQueryOptions(
      { projectId, limit: 50, ...filters },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: (before) => before },
    ),
  );
  const runs = list.data?.pages.flatMap((page) => page.items) ?? [];
  const empty = list.isSuccess && !list.isPlaceholderData && runs.length === 0;

  return (
    <>
      <PageHeader
        title="Runs"
        description="Every execution of a workflow on a profile, newest first."
        actions={
          <Button component={Link} href="/dashboard/runs/insights" variant="default" leftSection={<IconChartLine size={16} aria-hidden />}>
            Insights
          </Button>
        }
      />
      <Stack gap="md">
        {(filtered || !empty) && (
          <RunFilterBar filters={filters} onChange={(next) => router.replace(runsAddress(next), { scroll: false })} />
        )}
        {list.isError && !list.data ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : empty ? (
          <Nothing filtered={filtered} />
        ) : (
          <RunTable runs={runs} loading={list.isPending} />
        )}
        {list.hasNextPage && (
          <Group justify="center">
            <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
              Show more
            </Button>
          </Group>
        )}
      </Stack>
    </>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={<IconFilterOff size={22} stroke={1.5} aria-hidden />}
        title="No run fits these filters"
        description="Take one of them away, or look at all runs."
        action={
          <Button component={Link} href="/dashboard/runs" variant="default">
            Clear filters
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={<IconPlayerPlay size={22} stroke={1.5} aria-hidden />}
      title="No runs yet"
      description="Open a workflow and deploy it: the run appears here and can be watched live."
      action={
        <Button component={Link} href="/dashboard/workflows">
          Go to workflows
        </Button>
      }
    />
  );
}
