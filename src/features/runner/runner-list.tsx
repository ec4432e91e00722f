"use client";

import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Alert, Anchor, Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDeviceDesktop, IconLock, IconPlus } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { CardTable } from "@/components/card-table";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import { StatusBadge } from "@/components/status-badge";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { AddRunnerModal } from "./add-runner-modal.tsx";
import { PendingRunner } from "./pending-runner.tsx";
import { PlatformIcon } from "./platform-icon.tsx";
import classes from "./runner-list.module.css";
import { platformWords, runnerSituation } from "./runner-words.ts";

const columns = ["Runner", "Status", "Browser", "Version", "Profiles", "Active runs", "Last seen"];

/** The project's runners; `adding` opens the dialog that adds one. */
export function RunnerList({ adding }: { adding: boolean }) {
  const trpc = useTRPC();
  const project = useProject();
  const mayManage = project.role !== "member";
  const [addOpened, { open, close }] = useDisclosure(adding && mayManage);
  const [withFormer, setWithFormer] = useState(false);
  const list = useQuery(trpc.runner.list.queryOptions({ projectId: project.id }));
  const former = useQueries({
    queries: (["rejected", "revoked"] as const).map((status) =>
      trpc.runner.list.queryOptions({ projectId: project.id, status }, { enabled: withFormer }),
    ),
    combine: (answers) => answers.flatMap((answer) => (withFormer ? (answer.data?.items ?? []) : [])),
  });

  const runners = list.data?.items ?? [];
  const pending = runners.filter(({ status }) => status === "pending");
  const locked = runners.filter(({ status }) => status === "locked");
  const rows = [...runners.filter(({ status }) => status !== "pending"), ...former];
  const addButton = mayManage && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Add a runner
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Runners"
        description="Computers of yours that do the work. Each keeps its profiles, browser and results to itself."
        actions={addButton}
      />
      <Stack gap="md">
        {pending.map((runner) => (
          <PendingRunner key={runner.id} runner={runner} mayDecide={mayManage} />
        ))}
        {locked.map((runner) => (
          <LockedNotice key={runner.id} runner={runner} />
        ))}
        {list.isError && !list.data ? (
          <ErrorState error={list.error} onRetry={() => void list.refetch()} />
        ) : list.isSuccess && rows.length === 0 && pending.length === 0 ? (
          <EmptyState
            icon={<IconDeviceDesktop size={26} stroke={1.5} aria-hidden />}
            title="No runner yet"
            description={
              mayManage
                ? "Add the computer that should do the work: one command there, one click here."
                : "An owner or admin of the project can add one."
            }
            action={addButton}
          />
        ) : (
          (list.isPending || rows.length > 0) && (
            // another table than the one that stood in for it: what asks to join comes above it, and it does not move there
            <CardTable key={list.status} label="Runners" columns={columns} loading={list.isPending} lines={2}>
              {rows.map((runner) => (
                <RunnerRow key={runner.id} runner={runner} />
              ))}
            </CardTable>
          )
        )}
        {/* below what is still growing it would jump */}
        {list.isSuccess && (
          <Switch
            size="xs"
            label="Show rejected and disconnected runners"
            checked={withFormer}
            onChange={(event) => setWithFormer(event.currentTarget.checked)}
          />
        )}
      </Stack>
      <AddRunnerModal opened={addOpened} onClose={close} />
    </>
  );
}

function RunnerRow({ runner }: { runner: RunnerView }) {
  const { label, tone } = runnerSituation(runner);
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <Group gap="sm" wrap="nowrap">
          <span className={classes.icon}>
            <PlatformIcon platform={runner.platform} />
          </span>
          <div>
            <Anchor component={Link} href={`/dashboard/runners/${runner.id}`} fw={500} size="sm" c="inherit">
              {runner.name}
            </Anchor>
            <Text size="xs" c="dimmed">
              {platformWords(runner)}
            </Text>
          </div>
        </Group>
      </CardTable.Cell>
      <CardTable.Cell corner>
        <StatusBadge tone={tone}>{label}</StatusBadge>
      </CardTable.Cell>
      <CardTable.Cell label="Browser">
        {runner.browser ?? (
          <Text c="dimmed" size="sm" component="span">
            Not known yet
          </Text>
        )}
      </CardTable.Cell>
      <CardTable.Cell label="Version">{runner.version}</CardTable.Cell>
      <CardTable.Cell label="Profiles">{runner.profileCount.toLocaleString("en")}</CardTable.Cell>
      <CardTable.Cell label="Active runs">{runner.activeRunCount.toLocaleString("en")}</CardTable.Cell>
      <CardTable.Cell label="Last seen">
        {runner.online ? "Now" : runner.lastSeenAt ? <TimeAgo at={runner.lastSeenAt} /> : "Never"}
      </CardTable.Cell>
    </CardTable.Row>
  );
}

function LockedNotice({ runner }: { runner: RunnerView }) {
  const { explanation } = runnerSituation(runner);
  return (
    <Alert
      variant="default"
      icon={<IconLock size={18} color="var(--deskhand-bad)" aria-hidden />}
      title={`${runner.name}: ${explanation?.title}`}
    >
      {explanation?.whatToDo}
    </Alert>
  );
}
