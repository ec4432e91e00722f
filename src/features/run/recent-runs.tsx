"use client";

import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { runsAddress } from "./run-filters.ts";
import { RunTable } from "./run-table.tsx";

/** The last runs of the project, or of one workflow. */
export function RecentRuns() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId, limit: 8 }));
  return (
    <Panel
      title="Recent runs"
      flush
      actions={
        <Anchor component={Link} href={runsAddress({})} size="sm">
          All runs
        </Anchor>
      }
    >
      {runs.isError && !runs.data ? (
        <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />
      ) : runs.data?.items.length === 0 ? (
        <Text size="sm" c="dimmed" px="lg" pb="lg">
          Nothing has run yet.
        </Text>
      ) : (
        <RunTable runs={runs.data?.items ?? []} loading={runs.isPending} label="Recent runs" plain brief />
      )}
    </Panel>
  );
}
