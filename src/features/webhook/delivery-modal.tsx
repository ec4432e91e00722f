"use client";

import { problemWords } from "@deskhand/shared/schemas/alert-words";
import type { DeliveryDetail } from "@deskhand/shared/schemas/delivery";
import { Button, Code, Group, Modal, ScrollArea, Skeleton, Stack, Text, Title } from "@mantine/core";
import { skipToken, useMutation, useQuery } from "@tanstack/react-query";
import { CopyIcon } from "@/components/copy-field";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { deliveryWords } from "./delivery-words.ts";

/** One delivery: what is sent, each attempt at it, and sending it again; closed while there is no id. */
export function DeliveryModal({ id, mayReplay, onClose }: { id: string | null; mayReplay: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const delivery = useQuery(trpc.webhook.delivery.queryOptions(id ? { id } : skipToken));
  return (
    <Modal
      opened={id !== null}
      onClose={onClose}
      title={delivery.data?.type ?? "Delivery"}
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {delivery.data ? (
        <Detail delivery={delivery.data} mayReplay={mayReplay} />
      ) : delivery.isError ? (
        <ErrorState error={delivery.error} onRetry={() => void delivery.refetch()} />
      ) : (
        <Skeleton height={240} />
      )}
    </Modal>
  );
}

function Detail({ delivery, mayReplay }: { delivery: DeliveryDetail; mayReplay: boolean }) {
  const trpc = useTRPC();
  const replay = useMutation(trpc.webhook.replay.mutationOptions({ onSuccess: () => notifyDone("It is sent again.") }));
  const { label, tone } = deliveryWords[delivery.state];
  const body = JSON.stringify(JSON.parse(delivery.body), null, 2);
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <StatusBadge tone={tone}>{label}</StatusBadge>
        {mayReplay && (
          <Button size="xs" variant="default" loading={replay.isPending} onClick={() => replay.mutate({ id: delivery.id })}>
            Send again
          </Button>
        )}
      </Group>
      {replay.isError && <ErrorState error={replay.error} />}
      <div>
        <Title order={3}>Attempts</Title>
        {delivery.log.length === 0 ? (
          <Text size="sm" c="dimmed">
            None yet.
          </Text>
        ) : (
          <Stack component="ol" gap="xs" m={0} p={0} mt="xs" style={{ listStyle: "none" }} aria-label="Attempts">
            {delivery.log.map((attempt) => (
              <li key={attempt.number}>
                <Text size="sm" component="div">
                  {attempt.number}. {attempt.status === null ? "No answer" : `Answer ${attempt.status}`} after {attempt.durationMs} ms,{" "}
                  <TimeAgo at={attempt.at} />
                </Text>
                {attempt.problem && (
                  <Text size="xs" c="dimmed">
                    {problemWords[attempt.problem]}
                  </Text>
                )}
                {attempt.answer && <Code block>{attempt.answer}</Code>}
              </li>
            ))}
          </Stack>
        )}
      </div>
      <div>
        <Group gap={4}>
          <Title order={3}>Message</Title>
          <CopyIcon label="Copy the message" value={delivery.body} />
        </Group>
        <Text size="xs" c="dimmed" mb={4}>
          webhook-id: {delivery.messageId}
        </Text>
        <ScrollArea.Autosize mah={280} viewportProps={{ tabIndex: 0, role: "region", "aria-label": "Message" }}>
          <Code block>{body}</Code>
        </ScrollArea.Autosize>
      </div>
    </Stack>
  );
}
