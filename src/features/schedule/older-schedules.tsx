"use client";

import type { OlderSchedule } from "@deskhand/shared/schemas/older-schedules";
import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { ConfirmButton } from "@/components/confirm-button";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { scheduleWords } from "./schedule-words.ts";
import { underWay } from "./standing.ts";

/** What still runs an older version of a workflow by itself, each with a way to the latest; nothing where there is none. */
export function OlderSchedules({ workflowId }: { workflowId: string }) {
  const trpc = useTRPC();
  const older = useQuery(trpc.workflow.olderSchedules.queryOptions({ id: workflowId }));
  const items = older.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Panel title="Still on an older version" description="A schedule or trigger runs the version that it was deployed with.">
      <Stack component="ul" gap="md" p={0} m={0} style={{ listStyle: "none" }} aria-label="Schedules of older versions">
        {items.map((item) => (
          <li key={item.deploymentId}>
            <Row item={item} />
          </li>
        ))}
      </Stack>
    </Panel>
  );
}

function Row({ item }: { item: OlderSchedule }) {
  const { deploymentId, version, runnerName, schedule, replacedById } = item;
  return (
    <Stack gap={6} align="flex-start">
      <Text size="sm" style={{ overflowWrap: "anywhere" }}>
        <Anchor component={Link} href={`/dashboard/deployments/${deploymentId}`} inherit underline="always">
          Version {version}
        </Anchor>{" "}
        on {runnerName}
        {schedule.pausedAt && ", paused"}
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {scheduleWords(schedule)}
      </Text>
      {replacedById ? <Replaced item={item} by={replacedById} /> : <Renew item={item} />}
    </Stack>
  );
}

function Replaced({ item: { deploymentId, runnerName, schedule }, by }: { item: OlderSchedule; by: string }) {
  const renew = useRenew();
  const isEnding = underWay(schedule) === "remove";
  return (
    <>
      <Text size="xs" role="status">
        <Anchor component={Link} href={`/dashboard/deployments/${by}`} inherit underline="always">
          Another
        </Anchor>{" "}
        takes its place. {isEnding ? `It ends once ${runnerName} has heard of it.` : "It has not ended: both begin runs."}
      </Text>
      {!isEnding && (
        <Button
          size="xs"
          variant="default"
          loading={renew.isPending}
          onClick={() => renew.mutate({ id: deploymentId }, { onError: notifyError })}
        >
          End the older
        </Button>
      )}
    </>
  );
}

function useRenew() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const look = () =>
    Promise.all([
      queryClient.invalidateQueries(trpc.workflow.olderSchedules.pathFilter()),
      queryClient.invalidateQueries(trpc.deployment.pathFilter()),
      queryClient.invalidateQueries(trpc.trigger.pathFilter()),
    ]);
  // also after a failure: the new one may be there, and the old one not ended
  return useMutation(trpc.deployment.renewSchedule.mutationOptions({ onSettled: look }));
}

function Renew({ item }: { item: OlderSchedule }) {
  const { deploymentId, workflowId, version, newest, runnerName, schedule, signaturesRequired } = item;
  const renew = useRenew();
  if (signaturesRequired) {
    return (
      <Text size="xs" c="dimmed">
        {runnerName} takes only what is signed:{" "}
        <Anchor component={Link} href={`/dashboard/workflows/${workflowId}?deploy=1`} inherit underline="always">
          deploy version {newest}
        </Anchor>{" "}
        with the same times, then end this one.
      </Text>
    );
  }
  return (
    <ConfirmButton
      size="xs"
      harmless
      title={`Use version ${newest}?`}
      confirmLabel={`Use version ${newest}`}
      message={
        <>
          Version {newest} is deployed to the same profiles, with the same times and inputs
          {schedule.when.kind === "webhook" && ", and at the same address"}. The schedule of version {version} ends; what it has begun goes
          on.
        </>
      }
      onConfirm={async () => {
        await renew.mutateAsync({ id: deploymentId });
        notifyDone(`Version ${newest} takes its place.`);
      }}
    >
      Use the new version
    </ConfirmButton>
  );
}
