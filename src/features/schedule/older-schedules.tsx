"use client";

import type { OlderSchedule } from "@deskhand/shared/schemas/older-schedules";
import { Anchor, Button, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ConfirmButton, ConfirmModal } from "@/components/confirm-button";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { scheduleWords } from "./schedule-words.ts";
import { underWay } from "./standing.ts";
import { useRenew } from "./use-renew.ts";
import { WhatIsSigned } from "./what-is-signed.tsx";

/** What still runs an older version of a workflow by itself, each with a way to the latest; nothing where there is none. */
export function OlderSchedules({ workflowId }: { workflowId: string }) {
  const trpc = useTRPC();
  const older = useQuery(trpc.workflow.olderSchedules.queryOptions({ id: workflowId }));
  const items = older.data?.items ?? [];
  if (items.length === 0) return null;
  const renewable = items.filter(({ replacedById }) => !replacedById);
  return (
    <Panel
      title="Still on an older version"
      description="A schedule or trigger runs the version that it was deployed with."
      actions={<RenewAll items={renewable} />}
    >
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

function Replaced({ item, by }: { item: OlderSchedule; by: string }) {
  const renew = useRenew();
  const { runnerName, schedule } = item;
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
        <Button size="xs" variant="default" loading={renew.isPending} onClick={() => renew.mutate([item], { onError: notifyError })}>
          End the older
        </Button>
      )}
    </>
  );
}

function Renew({ item }: { item: OlderSchedule }) {
  const { version, newest, schedule } = item;
  const renew = useRenew();
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
          <WhatIsSigned items={[item]} />
        </>
      }
      onConfirm={async () => {
        await renew.mutateAsync([item]);
        notifyDone(`Version ${newest} takes its place.`);
      }}
    >
      Use the new version
    </ConfirmButton>
  );
}

/** Stays when only one is left: its dialog may say why. */
function RenewAll({ items }: { items: OlderSchedule[] }) {
  const renew = useRenew();
  const [opened, { open, close }] = useDisclosure(false);
  const newest = items[0]?.newest;
  return (
    <>
      {items.length > 1 && (
        <Button size="xs" variant="default" onClick={open}>
          Use the new version for all {items.length}
        </Button>
      )}
      <ConfirmModal
        opened={opened && items.length > 0}
        onClose={close}
        harmless
        title={`Use version ${newest} for all ${items.length}?`}
        confirmLabel={`Use version ${newest} for all`}
        message={
          <>
            Version {newest} is deployed to the same profiles, with the same times, inputs and addresses. What runs an older version by
            itself ends; what it has begun goes on.
            <WhatIsSigned items={items} />
          </>
        }
        onConfirm={async () => {
          await renew.mutateAsync(items);
          notifyDone(`Version ${newest} takes their places.`);
        }}
      />
    </>
  );
}
