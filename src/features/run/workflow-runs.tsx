"use client";

import { Anchor, Group, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { RunBadge } from "./run-badge.tsx";
import { runsAddress } from "./run-filters.ts";
import classes from "./workflow-runs.module.css";

/** The last runs of one workflow, in a narrow column. */
export function WorkflowRuns({ workflowId }: { workflowId: string }) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const runs = useQuery(trpc.run.list.queryOptions({ projectId, workflowId, limit: 5 }));
  if (!runs.data) return <Skeleton height={180} radius="md" />;
  return (
    <Panel
      title="Last runs"
      flush
      actions={
        <Group gap="sm">
          <Anchor component={Link} href={`/dashboard/runs/insights?workflow=${workflowId}`} size="sm">
            Insights
          </Anchor>
          <Anchor component={Link} href={runsAddress({ workflowId })} size="sm">
            All
          </Anchor>
        </Group>
      }
    >
      {runs.data.items.length === 0 ? (
        <Text size="sm" c="dimmed" px="lg" pb="lg">
          It has not run yet.
        </Text>
      ) : (
        <ul className={classes.list}>
          {runs.data.items.map((run) => (
            <li key={run.id}>
              <Link href={`/dashboard/runs/${run.id}`} className={classes.run}>
                <RunBadge run={run} />
                <Text span size="sm" c="dimmed" truncate>
                  <TimeAgo at={run.createdAt} />
                </Text>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
