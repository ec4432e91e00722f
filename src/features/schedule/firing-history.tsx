import type { FiringView } from "@deskhand/shared/schemas/deployment";
import { firingWords } from "@deskhand/shared/schemas/firing-words";
import type { ScheduleWhen } from "@deskhand/shared/schemas/schedule";
import { Anchor, Button, Skeleton, Text, Timeline } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ErrorState } from "@/components/error-state";
import { useTRPC } from "@/trpc/client";
import { timeWords } from "./schedule-words.ts";

/** What became of a schedule's times, the newest first. */
export function FiringHistory({ deploymentId, when }: { deploymentId: string; when: ScheduleWhen }) {
  const trpc = useTRPC();
  const firings = useInfiniteQuery(
    trpc.deployment.firings.infiniteQueryOptions({ id: deploymentId, limit: 10 }, { getNextPageParam: (page) => page.nextCursor }),
  );
  const items = firings.data?.pages.flatMap((page) => page.items) ?? [];
  if (firings.isError && !firings.data) return <ErrorState error={firings.error} onRetry={() => void firings.refetch()} />;
  if (firings.isPending) return <Skeleton height={40} aria-label="What became of its times is on its way" />;
  if (items.length === 0) {
    const isPast = when.kind === "once" && Date.parse(when.at) <= Date.now();
    return (
      <Text size="sm" c="dimmed">
        {isPast ? "Its runner has not told what became of its time yet." : "None of its times has come yet."}
      </Text>
    );
  }
  return (
    <div>
      <Timeline bulletSize={14} lineWidth={2} active={items.length} aria-label="What became of its times">
        {items.map((firing) => (
          <Timeline.Item key={firing.id} color={colors[firing.state]} title={<Text size="sm">{timeWords(Date.parse(firing.dueAt))}</Text>}>
            <FiringLine firing={firing} deploymentId={deploymentId} />
          </Timeline.Item>
        ))}
      </Timeline>
      {firings.hasNextPage && (
        <Button variant="subtle" size="xs" mt="xs" loading={firings.isFetchingNextPage} onClick={() => void firings.fetchNextPage()}>
          Show earlier
        </Button>
      )}
    </div>
  );
}

const colors: Record<FiringView["state"], string> = { fired: "teal", skipped: "gray", missed: "yellow" };

function FiringLine({ firing, deploymentId }: { firing: FiringView; deploymentId: string }) {
  const [first, ...more] = firing.runIds;
  return (
    <Text size="xs" c="dimmed">
      {firingWords(firing)}
      {first && " · "}
      {first && (
        <Anchor
          component={Link}
          size="xs"
          underline="always"
          href={more.length === 0 ? `/dashboard/runs/${first}` : `/dashboard/runs?deployment=${deploymentId}`}
        >
          {more.length === 0 ? "Open the run" : `${firing.runIds.length} runs`}
        </Anchor>
      )}
    </Text>
  );
}
