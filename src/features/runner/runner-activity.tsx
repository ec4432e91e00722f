"use client";

import type { CommandView } from "@deskhand/shared/schemas/command";
import { Accordion, Anchor, Button, Group, SegmentedControl, Skeleton, Stack, Text, Timeline } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { BackLink } from "@/components/back-link";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { RunStateBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { causerWords, changeWords, commandTitle } from "./activity-words.ts";
import classes from "./runner-activity.module.css";

const filters = [
  { value: "all", label: "All" },
  { value: "active", label: "Under way" },
  { value: "failed", label: "Failed" },
] as const;
type Filter = (typeof filters)[number]["value"];

/** Everything that was asked of one runner, newest first, with who asked and each change of it. */
export function RunnerActivity({ id }: { id: string }) {
  const trpc = useTRPC();
  const [filter, setFilter] = useState<Filter>("all");
  const runner = useQuery(trpc.runner.get.queryOptions({ id }));
  const list = useInfiniteQuery(
    trpc.runner.activity.infiniteQueryOptions(
      { id, limit: 25, ...(filter === "all" ? {} : { state: filter }) },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: (before) => before },
    ),
  );
  const commands = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <PageHeader
        above={<BackLink href={`/dashboard/runners/${id}`}>{runner.data?.name ?? "Runner"}</BackLink>}
        title="Activity"
        description="What was asked of this runner, by whom, and what became of it."
        actions={
          <SegmentedControl
            size="xs"
            aria-label="Which"
            data={[...filters]}
            value={filter}
            onChange={(value) => setFilter(value as Filter)}
          />
        }
      />
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Skeleton height={320} radius="md" />
      ) : commands.length === 0 ? (
        <Nothing filtered={filter !== "all"} />
      ) : (
        <Stack gap="md">
          <Accordion variant="contained" multiple keepMounted={false} order={2} className={classes.list}>
            {commands.map((command) => (
              <Item key={command.id} command={command} />
            ))}
          </Accordion>
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

function Item({ command }: { command: CommandView }) {
  return (
    <Accordion.Item value={command.id}>
      <Accordion.Control>
        <Group justify="space-between" gap="xs" wrap="nowrap" className={classes.line}>
          <div className={classes.words}>
            <Text size="sm" fw={500} truncate>
              {commandTitle(command)}
            </Text>
            <Text size="xs" c="dimmed" component="div" truncate>
              {causerWords(command.requestedBy)} · <TimeAgo at={command.createdAt} />
            </Text>
          </div>
          <RunStateBadge state={command.state} />
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Timeline bulletSize={12} lineWidth={2} active={command.history.length} classNames={{ item: classes.change }}>
          {command.history.map((change, index) => (
            // a history is only added to: a line keeps its place
            // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be alike
            <Timeline.Item key={index} title={<Text size="sm">{changeWords(change).title}</Text>}>
              {changeWords(change).detail && <Text size="sm">{changeWords(change).detail}</Text>}
              <Text size="xs" c="dimmed" component="div">
                {causerWords(change.by)} · <Exact at={change.at} />
              </Text>
            </Timeline.Item>
          ))}
        </Timeline>
        <Group gap="md" mt="md">
          {command.runId && (
            <Anchor component={Link} href={`/dashboard/runs/${command.runId}`} size="sm">
              Open the run
            </Anchor>
          )}
          {command.attempts > 1 && (
            <Text size="xs" c="dimmed">
              Sent {command.attempts} times
            </Text>
          )}
        </Group>
      </Accordion.Panel>
    </Accordion.Item>
  );
}

const exact = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 2,
});

/** The order of a history is what it is read for: every line has its exact time. */
function Exact({ at }: { at: string }) {
  return <time dateTime={at}>{exact.format(new Date(at))}</time>;
}

function Nothing({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState
      icon={<IconHistory size={22} stroke={1.5} aria-hidden />}
      title={filtered ? "Nothing of this kind" : "Nothing was asked of this runner yet"}
      description={filtered ? "Choose All to see the rest." : "What is deployed to it, cancelled or deleted on it appears here."}
      action={
        filtered ? undefined : (
          <Button component={Link} href="/dashboard/workflows">
            Go to workflows
          </Button>
        )
      }
    />
  );
}
