"use client";

import { readTimes } from "@deskhand/shared/schedule/times";
import type { DeploymentSchedule, DeploymentView, FiringView } from "@deskhand/shared/schemas/deployment";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { Anchor, Button, Group, Stack, Text, Timeline } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { ConfirmButton } from "@/components/confirm-button";
import { notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { StatusBadge } from "@/components/status-badge";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import { NextTimes } from "./next-times.tsx";
import { firingWords, timeWords } from "./schedule-words.ts";
import { AfterPart, WebhookPart } from "./trigger-parts.tsx";

type Scheduled = Pick<DeploymentView, "id" | "projectId" | "runnerId" | "createdAt"> & { schedule: DeploymentSchedule };

/** When a deployment runs by itself, how that stands, and what became of its times. */
export function SchedulePanel({ deployment }: { deployment: Scheduled }) {
  const { schedule } = deployment;
  const { label, tone } = standingOf(schedule);
  const read = readTimes(schedule.when, Date.parse(schedule.installedAt ?? deployment.createdAt));
  const change = useChange(deployment);
  const isPaused = schedule.pausedAt !== null;
  const isWebhook = schedule.when.kind === "webhook";
  const noun = isWebhook || schedule.when.kind === "after" ? "trigger" : "schedule";
  return (
    <Panel
      title={noun === "trigger" ? "Trigger" : "Schedule"}
      description={
        isWebhook
          ? "Begun by messages to this server; the runner begins only what was signed for."
          : "Kept by the runner: it fires with the server away too."
      }
      actions={<StatusBadge tone={tone}>{label}</StatusBadge>}
    >
      <Stack gap="md">
        {read.ok && <NextTimes schedule={schedule} times={read.times} />}
        {schedule.when.kind === "after" && <AfterPart deploymentId={deployment.id} projectId={deployment.projectId} />}
        {isWebhook && schedule.removedAt === null && <WebhookPart deploymentId={deployment.id} projectId={deployment.projectId} />}
        {schedule.removedAt === null && (
          <Group gap="xs">
            <Button
              variant="default"
              loading={change.isPending}
              leftSection={isPaused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
              onClick={() => change.mutate({ kind: "pause", paused: !isPaused })}
            >
              {isPaused ? "Resume" : "Pause"}
            </Button>
            <ConfirmButton
              c="var(--mantine-color-error)"
              title={`End this ${noun}?`}
              confirmLabel={`End ${noun}`}
              message="Nothing begins by itself any more. Runs that have begun go on, and what they left is kept."
              onConfirm={() => change.mutateAsync({ kind: "remove" })}
            >
              End {noun}
            </ConfirmButton>
          </Group>
        )}
        <Firings id={deployment.id} />
      </Stack>
    </Panel>
  );
}

function standingOf({ removedAt, failureCode, installedAt, pausedAt }: DeploymentSchedule) {
  if (removedAt) return { label: "Ended", tone: "idle" } as const;
  if (failureCode) return { label: "Refused by the runner", tone: "bad" } as const;
  if (!installedAt) return { label: "On its way to the runner", tone: "busy" } as const;
  return pausedAt ? ({ label: "Paused", tone: "idle" } as const) : ({ label: "Active", tone: "good" } as const);
}

type Change = { kind: "pause"; paused: boolean } | { kind: "remove" };

function useChange({ id, runnerId }: Scheduled) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  return useMutation({
    mutationFn: async (change: Change) => {
      const runner = await queryClient.fetchQuery(trpc.runner.get.queryOptions({ id: runnerId }));
      const payload = { deploymentId: id, ...(change.kind === "pause" ? { paused: change.paused } : {}) };
      const signedManifest = await sign(runner, () => orderManifest(runnerId, `schedule.${change.kind}`, payload));
      if (change.kind === "remove") return client.deployment.removeSchedule.mutate({ id, signedManifest });
      return client.deployment.pauseSchedule.mutate({ id, paused: change.paused, signedManifest });
    },
    onSettled: () => queryClient.invalidateQueries(trpc.deployment.pathFilter()),
    onError: notifyError,
  });
}

function Firings({ id }: { id: string }) {
  const trpc = useTRPC();
  const firings = useInfiniteQuery(
    trpc.deployment.firings.infiniteQueryOptions({ id, limit: 10 }, { getNextPageParam: (page) => page.nextCursor }),
  );
  const items = firings.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        None of its times has come yet.
      </Text>
    );
  }
  return (
    <div>
      <Timeline bulletSize={14} lineWidth={2} active={items.length} aria-label="What became of its times">
        {items.map((firing) => (
          <Timeline.Item key={firing.id} color={colors[firing.state]} title={<Text size="sm">{timeWords(Date.parse(firing.dueAt))}</Text>}>
            <FiringLine firing={firing} deploymentId={id} />
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
          href={more.length === 0 ? `/dashboard/runs/${first}` : `/dashboard/runs?deployment=${deploymentId}`}
        >
          {more.length === 0 ? "Open the run" : `${firing.runIds.length} runs`}
        </Anchor>
      )}
    </Text>
  );
}
