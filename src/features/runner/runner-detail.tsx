"use client";

import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Alert, Anchor, Box, Button, Code, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { BackLink } from "@/components/back-link";
import { ConfirmButton } from "@/components/confirm-button";
import { CopyField, CopyIcon } from "@/components/copy-field";
import { ErrorState } from "@/components/error-state";
import { Facts } from "@/components/facts";
import { InlineName } from "@/components/inline-name";
import { notifyDone, notifyError } from "@/components/notify";
import { PageHeader } from "@/components/page-header";
import { Panel } from "@/components/panel";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { BackupPanel } from "./backup-panel.tsx";
import { PendingRunner } from "./pending-runner.tsx";
import { PolicyPanel } from "./policy-panel.tsx";
import { clockWords, platformWords, runnerSituation } from "./runner-words.ts";
import { SignersPanel } from "./signers-panel.tsx";

const back = <BackLink href="/dashboard/runners">Runners</BackLink>;

/** One runner: what it is, what it is called, and the end of it. */
export function RunnerDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const runner = useQuery(trpc.runner.get.queryOptions({ id }));
  if (runner.isError && !runner.data) {
    return (
      <>
        <PageHeader above={back} title="Runner" />
        <ErrorState error={runner.error} onRetry={() => void runner.refetch()} />
      </>
    );
  }
  if (!runner.data) return <DetailSkeleton />;
  return <Detail runner={runner.data} />;
}

function Detail({ runner }: { runner: RunnerView }) {
  const trpc = useTRPC();
  const mayManage = useProject().role !== "member";
  const rename = useMutation(trpc.runner.rename.mutationOptions());
  const { label, tone, explanation } = runnerSituation(runner);
  return (
    <>
      <PageHeader
        above={back}
        title={
          <InlineName
            value={runner.name}
            label="Rename runner"
            disabled={!mayManage || runner.status === "revoked"}
            onSave={(name) => rename.mutateAsync({ id: runner.id, name })}
          />
        }
        description={platformWords(runner)}
        actions={<StatusBadge tone={tone}>{label}</StatusBadge>}
      />
      <Stack gap="lg">
        {explanation && (
          <Alert variant="default" icon={<IconInfoCircle size={18} aria-hidden />} title={explanation.title}>
            {explanation.whatToDo}
            {runner.status === "accepted" && (
              <Box mt="sm" maw={560}>
                <CopyField label="Start command" value={`npx -y ${window.location.origin}/download/deskhand.tgz start`} wrap />
              </Box>
            )}
          </Alert>
        )}
        {runner.status === "pending" && <PendingRunner runner={runner} mayDecide={mayManage} />}
        <Panel
          title="About this runner"
          actions={
            <Anchor component={Link} href={`/dashboard/runners/${runner.id}/activity`} size="sm">
              Activity
            </Anchor>
          }
        >
          <Facts
            divided
            items={[
              {
                label: "Key fingerprint",
                value: (
                  <Group gap={4} wrap="nowrap">
                    <Code>{runner.fingerprint}</Code>
                    <CopyIcon label="Copy the fingerprint" value={runner.fingerprint} />
                  </Group>
                ),
              },
              {
                label: "Device key",
                value: runner.keyRotationRequested ? (
                  runner.online ? (
                    "A new one is being made"
                  ) : (
                    "A new one is made when the runner is back"
                  )
                ) : (
                  <>
                    Made <TimeAgo at={runner.keyCreatedAt} />, replaced every 90 days
                  </>
                ),
              },
              { label: "Browser", value: runner.browser ?? "Not known yet" },
              { label: "Deskhand version", value: runner.version },
              { label: "Profiles", value: <CountLink count={runner.profileCount} href={`/dashboard/profiles?runner=${runner.id}`} /> },
              { label: "Active runs", value: <CountLink count={runner.activeRunCount} href={`/dashboard/runs?runner=${runner.id}`} /> },
              {
                label: "Last seen",
                value: runner.online ? "Connected now" : runner.lastSeenAt ? <TimeAgo at={runner.lastSeenAt} /> : "Never",
              },
              { label: "Clock", value: clockWords(runner.clockOffsetMs) },
              { label: "Added", value: <TimeAgo at={runner.createdAt} /> },
            ]}
          />
        </Panel>
        {runner.status === "accepted" && <PolicyPanel runner={runner} mayManage={mayManage} />}
        {runner.status === "accepted" && <BackupPanel runner={runner} mayManage={mayManage} />}
        {runner.status === "accepted" && <SignersPanel runner={runner} />}
        {mayManage && runner.status === "accepted" && <KeyPanel runner={runner} />}
        {mayManage && (runner.status === "accepted" || runner.status === "locked") && <DisconnectPanel runner={runner} />}
      </Stack>
    </>
  );
}

function KeyPanel({ runner }: { runner: RunnerView }) {
  const trpc = useTRPC();
  const rotate = useMutation(trpc.runner.rotateKey.mutationOptions({ onError: notifyError }));
  return (
    <Panel title="Device key" description="The runner replaces its key every 90 days by itself; the one before works for 7 days more.">
      <Button
        variant="default"
        loading={rotate.isPending}
        disabled={runner.keyRotationRequested}
        onClick={() => rotate.mutate({ id: runner.id })}
      >
        Replace key now
      </Button>
    </Panel>
  );
}

function DisconnectPanel({ runner }: { runner: RunnerView }) {
  const trpc = useTRPC();
  const revoke = useMutation(trpc.runner.revoke.mutationOptions({ onSuccess: () => notifyDone(`${runner.name} was disconnected.`) }));
  return (
    <Panel title="Disconnect" description="For a computer that is lost, sold, or should not work for this project any more.">
      <ConfirmButton
        c="var(--mantine-color-error)"
        title={`Disconnect ${runner.name}?`}
        confirmLabel="Disconnect"
        onConfirm={() => revoke.mutateAsync({ id: runner.id })}
        message={
          <Stack gap="xs">
            <Text size="sm">
              Its key is not accepted any more, at once and for good. Runs that wait for it or are under way on it fail.
            </Text>
            <Text size="sm">
              Nothing on that computer is deleted: its profiles and results stay there until you remove its Deskhand folder. To use it
              again, pair it with a new code.
            </Text>
          </Stack>
        }
      >
        Disconnect runner
      </ConfirmButton>
    </Panel>
  );
}

function CountLink({ count, href }: { count: number; href: string }) {
  if (count === 0) return "None";
  return (
    <Anchor component={Link} href={href} size="sm">
      {count.toLocaleString("en")}
    </Anchor>
  );
}

function DetailSkeleton() {
  return (
    <>
      <PageHeader above={back} title={<Skeleton height={24} width={180} />} description={<Skeleton height={14} width={120} mt={6} />} />
      <Skeleton height={300} radius="md" />
    </>
  );
}
