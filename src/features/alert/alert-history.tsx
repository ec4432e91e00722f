"use client";

import type { AlertType, AlertView } from "@deskhand/shared/schemas/alert";
import { alertSentence, alertTitle, problemWords } from "@deskhand/shared/schemas/alert-words";
import { Anchor, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconMoodSmile } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { StatusDot, type Tone } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import classes from "./alert-history.module.css";

const tones: Record<AlertType, Tone> = {
  "deployment.failed": "bad",
  "schedule.missed": "wait",
  "schedule.refused": "bad",
  "run.waiting": "wait",
  "runner.silent": "bad",
  "runner.back": "good",
  "deployment.finished": "good",
  "backup.failed": "bad",
  "backup.overdue": "wait",
  "proxy.failed": "bad",
  "profile.created": "idle",
  "profile.updated": "idle",
  "profile.deleted": "idle",
  "profile.restored": "idle",
  "profile.moved": "idle",
  "profile.state-saved": "idle",
  "profile.state-restored": "wait",
  "profile.proxy-mismatch": "bad",
  "profile.opened": "idle",
  "profile.closed": "idle",
  "profile.move-failed": "bad",
  "webhook.disabled": "wait",
  "profile.requested": "wait",
  "webhook.test": "idle",
};

/** What there was to tell in the last 30 days, and where it went; also what no rule is about. */
export function AlertHistory() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const list = useInfiniteQuery(
    trpc.alert.list.infiniteQueryOptions({ projectId, limit: 20 }, { getNextPageParam: (page) => page.nextCursor ?? undefined }),
  );
  const alerts = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel title="Recent alerts" description="Of the last 30 days, also those that no rule is about." flush={alerts.length > 0}>
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Skeleton height={120} />
      ) : alerts.length === 0 ? (
        <EmptyState
          plain
          icon={<IconMoodSmile size={26} stroke={1.5} aria-hidden />}
          title="Nothing to tell"
          description="No deployment failed, no schedule missed its time and no runner went silent in the last 30 days."
        />
      ) : (
        <ul className={classes.list} aria-label="Recent alerts">
          {alerts.map((alert) => (
            <Item key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Group justify="center" p="md">
          <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            Show more
          </Button>
        </Group>
      )}
    </Panel>
  );
}

function Item({ alert }: { alert: AlertView }) {
  const { content, deliveries, createdAt } = alert;
  // made by the server from its public address, which need not be the one of this page
  const { pathname, search } = new URL(content.data.url);
  return (
    <li className={classes.item}>
      <span className={classes.dot}>
        <StatusDot tone={tones[content.type]} />
      </span>
      <Stack gap={2} className={classes.words}>
        <Group gap="xs" justify="space-between" align="baseline">
          <Anchor component={Link} href={`${pathname}${search}`} size="sm" fw={500}>
            {alertTitle(content)}
          </Anchor>
          <Text size="xs" c="dimmed" component="span">
            <TimeAgo at={createdAt} />
          </Text>
        </Group>
        <Text size="sm" c="dimmed">
          {alertSentence(content)}
        </Text>
        <Text size="xs" c="dimmed" component="div">
          {deliveries.length === 0 ? "No rule told anybody." : deliveries.map((delivery) => <To key={delivery.id} delivery={delivery} />)}
        </Text>
      </Stack>
    </li>
  );
}

function To({ delivery: { to, state, problem } }: { delivery: AlertView["deliveries"][number] }) {
  const why = problem ? ` ${problemWords[problem]}` : "";
  const words = { delivered: "Told", pending: "On its way to", failed: "Not told:" }[state];
  return (
    <div>
      {words} {to}
      {state === "delivered" ? "." : `.${why}`}
    </div>
  );
}
