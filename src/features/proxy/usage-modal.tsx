import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { proxyName } from "@deskhand/shared/schemas/export-proxies";
import type { ProxyView } from "@deskhand/shared/schemas/proxy";
import { Anchor, Button, Modal, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { CardTable } from "@/components/card-table";
import { ErrorState } from "@/components/error-state";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";

type Props = { proxy: ProxyView; opened: boolean; onClose: () => void };

/** What has gone over the proxy, by profile. */
export function UsageModal({ proxy, opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Traffic of ${proxyName(proxy)}`}
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Usage proxy={proxy} />
    </Modal>
  );
}

function Usage({ proxy: { id: proxyId, projectId } }: { proxy: ProxyView }) {
  const trpc = useTRPC();
  const usage = useInfiniteQuery(
    trpc.proxy.usage.infiniteQueryOptions({ projectId, proxyId, limit: 50 }, { getNextPageParam: (last) => last.nextCursor ?? undefined }),
  );
  if (usage.isError) return <ErrorState error={usage.error} onRetry={() => void usage.refetch()} />;
  const rows = usage.data?.pages.flatMap(({ items }) => items) ?? [];
  if (usage.data && rows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No profile has used it yet.
      </Text>
    );
  }
  return (
    <Stack gap="md" align="flex-start">
      <CardTable plain label="Traffic by profile" columns={["Profile", "Sent", "Received", "Last used"]} loading={!usage.data}>
        {rows.map(({ profileId, profileName, bytesSent, bytesReceived, lastUsedAt }) => (
          <CardTable.Row key={profileId}>
            <CardTable.Cell>
              <Anchor component={Link} href={`/dashboard/profiles/${profileId}`} size="sm">
                {profileName}
              </Anchor>
            </CardTable.Cell>
            <CardTable.Cell label="Sent">{bytesWords(bytesSent)}</CardTable.Cell>
            <CardTable.Cell label="Received">{bytesWords(bytesReceived)}</CardTable.Cell>
            <CardTable.Cell label="Last used">
              <TimeAgo at={lastUsedAt} />
            </CardTable.Cell>
          </CardTable.Row>
        ))}
      </CardTable>
      {usage.hasNextPage && (
        <Button variant="default" size="xs" loading={usage.isFetchingNextPage} onClick={() => void usage.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Stack>
  );
}
