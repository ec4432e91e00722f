"use client";

import { Button, FocusTrap, Group, Modal, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { IconCircleCheck } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { CopyField } from "@/components/copy-field";
import { ErrorState } from "@/components/error-state";
import { StatusDot } from "@/components/status-badge";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import classes from "./add-runner-modal.module.css";
import { PendingRunner } from "./pending-runner.tsx";

/** Makes a one-time code, shows the command that uses it, and lets the person decide as soon as the runner asks. */
export function AddRunnerModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a runner" size="lg" closeButtonProps={{ "aria-label": "Close" }}>
      {/* nothing is typed here, so the dialog itself gets the focus rather than its close button */}
      <FocusTrap.InitialFocus />
      {opened && <AddRunner onClose={onClose} />}
    </Modal>
  );
}

function AddRunner({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const project = useProject();
  const [acceptedName, setAcceptedName] = useState<string | null>(null);
  const pending = useQuery(trpc.runner.list.queryOptions({ projectId: project.id, status: "pending" }));
  const code = useMutation(trpc.runner.createPairingCode.mutationOptions());
  const { mutate, data } = code;
  const make = () => mutate({ projectId: project.id });
  // biome-ignore lint/correctness/useExhaustiveDependencies: one code for each opening of the dialog
  useEffect(make, []);

  if (acceptedName !== null) {
    return (
      <Stack align="center" gap="xs" py="md">
        <IconCircleCheck size={40} stroke={1.4} color="var(--deskhand-good)" aria-hidden />
        <Title order={2}>{acceptedName} is part of the project</Title>
        <Text size="sm" c="dimmed" ta="center" maw={380}>
          It connects by itself. It opens nothing before its owner allows it there, with “deskhand policy allow HOST”. Next, create a
          profile on it, then deploy a workflow.
        </Text>
        <Button mt="sm" onClick={onClose} data-autofocus>
          Done
        </Button>
      </Stack>
    );
  }
  const requests = pending.data?.items ?? [];
  return (
    <ol className={classes.steps}>
      <li className={classes.step}>
        <Title order={3}>Run this on the other machine</Title>
        <Text size="sm" c="dimmed" mb="sm">
          It needs Node.js 20 or newer. The code in it works once.
        </Text>
        {code.isError ? (
          <ErrorState error={code.error} onRetry={make} />
        ) : data ? (
          <CopyField label="Pairing command" value={data.command} wrap />
        ) : (
          <Skeleton height={62} radius="md" />
        )}
        <div className={classes.countdown}>{data && <Countdown key={data.code} expiresAt={data.expiresAt} onRenew={make} />}</div>
      </li>
      <li className={classes.step}>
        <Title order={3}>Accept it here</Title>
        {requests.length === 0 ? (
          <Group gap="xs" mt={4} role="status" wrap="nowrap">
            <StatusDot tone="busy" pulse />
            <Text size="sm" c="dimmed">
              Waiting for a runner to ask. It appears here by itself.
            </Text>
          </Group>
        ) : (
          <Stack gap="sm" mt="xs">
            {requests.map((runner) => (
              <PendingRunner key={runner.id} runner={runner} mayDecide onAccepted={({ name }) => setAcceptedName(name)} />
            ))}
          </Stack>
        )}
      </li>
    </ol>
  );
}

/** Minutes and seconds until `expiresAt`; afterwards the way to a new code. */
function Countdown({ expiresAt, onRenew }: { expiresAt: string; onRenew: () => void }) {
  const [now, setNow] = useState(() => Date.now());
  useInterval(() => setNow(Date.now()), 1000, { autoInvoke: true });
  const seconds = Math.max(0, Math.ceil((Date.parse(expiresAt) - now) / 1000));
  if (seconds === 0) {
    return (
      <Group gap="sm">
        <Text size="sm">The code has expired.</Text>
        <Button size="compact-sm" variant="default" onClick={onRenew}>
          Make a new code
        </Button>
      </Group>
    );
  }
  return (
    <Text size="sm" c="dimmed" role="timer" className={classes.time}>
      Expires in {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, "0")}
    </Text>
  );
}
