"use client";

import { problemWords } from "@deskhand/shared/schemas/alert-words";
import type { DeliveryView } from "@deskhand/shared/schemas/delivery";
import type { WebhookView } from "@deskhand/shared/schemas/webhook";
import { Button, Group, SegmentedControl, Skeleton, Text } from "@mantine/core";
import { IconWebhook } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { CardTable } from "@/components/card-table";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { DeliveryModal } from "./delivery-modal.tsx";
import { deliveryWords } from "./delivery-words.ts";

const filters = [
  { value: "all", label: "All" },
  { value: "pending", label: "Waiting" },
  { value: "failed", label: "Failed" },
] as const;
type Filter = (typeof filters)[number]["value"];

/** What was sent to a webhook, newest first; each can be looked at and sent again. */
export function Deliveries({ webhook, mayManage }: { webhook: WebhookView; mayManage: boolean }) {
  const trpc = useTRPC();
  const [filter, setFilter] = useState<Filter>("all");
  const [openId, setOpenId] = useState<string | null>(null);
  const list = useInfiniteQuery(
    trpc.webhook.deliveries.infiniteQueryOptions(
      { id: webhook.id, limit: 25, ...(filter === "all" ? {} : { state: filter }) },
      { getNextPageParam: (page) => page.nextCursor ?? undefined, placeholderData: (before) => before },
    ),
  );
  const replay = useMutation(
    trpc.webhook.replayFailed.mutationOptions({
      onSuccess: ({ count }) => notifyDone(count === 1 ? "One delivery is sent again." : `${count} deliveries are sent again.`),
      onError: notifyError,
    }),
  );
  const deliveries = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const { failed } = webhook.counts;
  return (
    <Panel title="Deliveries" description="Kept for 30 days." flush={deliveries.length > 0}>
      <Group justify="space-between" gap="sm" px={deliveries.length > 0 ? "lg" : 0} pb="sm">
        <SegmentedControl
          size="xs"
          aria-label="Which"
          data={[...filters]}
          value={filter}
          onChange={(value) => setFilter(value as Filter)}
        />
        {mayManage && failed > 0 && webhook.disabledAt === null && (
          <Button
            size="xs"
            variant="default"
            loading={replay.isPending}
            onClick={() => replay.mutate({ id: webhook.id, since: webhook.createdAt })}
          >
            Send {failed} failed again
          </Button>
        )}
      </Group>
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Skeleton height={120} />
      ) : deliveries.length === 0 ? (
        <EmptyState
          plain
          icon={<IconWebhook size={26} stroke={1.5} aria-hidden />}
          title={filter === "all" ? "Nothing was sent yet" : "Nothing of this kind"}
          description={filter === "all" ? "Send a test, or name this webhook in a rule." : "Choose All to see the rest."}
        />
      ) : (
        <CardTable label="Deliveries" columns={["Delivery", "State", "Attempts", "Created", ""]} plain>
          {deliveries.map((delivery) => (
            <DeliveryRow key={delivery.id} delivery={delivery} onOpen={() => setOpenId(delivery.id)} />
          ))}
        </CardTable>
      )}
      {list.hasNextPage && (
        <Group justify="center" p="md">
          <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            Show more
          </Button>
        </Group>
      )}
      <DeliveryModal id={openId} mayReplay={mayManage && webhook.disabledAt === null} onClose={() => setOpenId(null)} />
    </Panel>
  );
}

function DeliveryRow({ delivery, onOpen }: { delivery: DeliveryView; onOpen: () => void }) {
  const { label, tone } = deliveryWords[delivery.state];
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Text size="sm" fw={500}>
            {delivery.type}
          </Text>
          {delivery.problem && (
            <Text size="xs" c="dimmed">
              {problemWords[delivery.problem]}
            </Text>
          )}
          {delivery.dueAt && delivery.attempts > 0 && (
            <Text size="xs" c="dimmed" component="div">
              Next try <TimeUntil at={delivery.dueAt} />
            </Text>
          )}
        </div>
      </CardTable.Cell>
      <CardTable.Cell label="State">
        <StatusBadge tone={tone}>{label}</StatusBadge>
      </CardTable.Cell>
      <CardTable.Cell label="Attempts">{delivery.attempts}</CardTable.Cell>
      <CardTable.Cell label="Created">
        <TimeAgo at={delivery.createdAt} />
      </CardTable.Cell>
      <CardTable.Cell align="right">
        <Button variant="default" size="compact-sm" onClick={onOpen} aria-label={`Look at ${delivery.type}, ${label}`}>
          Look
        </Button>
      </CardTable.Cell>
    </CardTable.Row>
  );
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

function TimeUntil({ at }: { at: string }) {
  return <time dateTime={at}>at {clock.format(new Date(at))}</time>;
}
