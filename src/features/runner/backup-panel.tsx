"use client";

import type { BackupView } from "@deskhand/shared/schemas/backup";
import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { Alert, Button, Code, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorState } from "@/components/error-state";
import { notifyDone, notifyError } from "@/components/notify";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useSigner } from "@/trpc/signing";
import { backupKindWords, backupTrouble } from "./backup-words.ts";

/** How the backups of a runner stand: told here; set up and put back on its computer only. */
export function BackupPanel({ runner, mayManage }: { runner: RunnerView; mayManage: boolean }) {
  const trpc = useTRPC();
  const backup = useQuery(trpc.backup.get.queryOptions({ id: runner.id }));
  const told = backup.data?.backup;
  return (
    <Panel
      title="Backup"
      description="The runner encrypts its profiles before they leave its computer. This server has neither the backup nor a key to it."
      actions={told && mayManage ? <Actions runner={runner} running={told.running} /> : undefined}
    >
      {backup.isError && !backup.data ? (
        <ErrorState error={backup.error} onRetry={() => void backup.refetch()} />
      ) : told ? (
        <Facts view={backup.data as BackupView} told={told} />
      ) : (
        <Text size="sm" c="dimmed">
          {backup.isPending ? (
            "Looking …"
          ) : (
            <>
              None is set up. Set one up on the runner’s computer: on its own page (<Code>deskhand open</Code>), or with{" "}
              <Code>deskhand backup init WHERE</Code>.
            </>
          )}
        </Text>
      )}
    </Panel>
  );
}

function Actions({ runner, running }: { runner: RunnerView; running: boolean }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { sign } = useSigner();
  const backup = useQuery(trpc.backup.get.queryOptions({ id: runner.id }));
  const ask = useMutation({
    mutationFn: async (action: "run" | "verify") => {
      const signedManifest = await sign(runner, () => orderManifest(runner.id, "backup.run", { action }));
      return client.backup.run.mutate({ id: runner.id, action, signedManifest });
    },
    onSuccess: () => {
      notifyDone(`${runner.name} was asked.`);
      void backup.refetch();
    },
    onError: notifyError,
  });
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        size="xs"
        variant="default"
        loading={ask.isPending && ask.variables === "verify"}
        disabled={running}
        onClick={() => ask.mutate("verify")}
      >
        Verify
      </Button>
      <Button size="xs" loading={running || (ask.isPending && ask.variables === "run")} onClick={() => ask.mutate("run")}>
        Back up now
      </Button>
    </Group>
  );
}

type Told = NonNullable<BackupView["backup"]>;

function Facts({ view, told }: { view: BackupView; told: Told }) {
  const trouble = backupTrouble(view);
  const { last, stored, verified } = told;
  return (
    <Stack gap="sm">
      {trouble && (
        <Alert color={trouble.isBad ? "red" : "yellow"} title={trouble.title}>
          {trouble.whatToDo}
        </Alert>
      )}
      <Fact name="Last good one">
        {told.succeededAt ? <TimeAgo at={told.succeededAt} /> : "None yet"}
        {last && `: ${counted(last.profiles, "profile")}, ${bytesWords(last.bytes)}, ${bytesWords(last.bytesSent)} sent`}
      </Fact>
      <Fact name="Stored">
        {stored
          ? `${bytesWords(stored.bytes)} in ${counted(stored.snapshots, "snapshot")}, ${backupKindWords[told.kind]}`
          : backupKindWords[told.kind]}
      </Fact>
      <Fact name="Next">
        {told.nextAt ? <TimeAgo at={told.nextAt} /> : "By hand"}
        {told.nextAt && ` (${told.schedule})`}
        {told.follow && ", in step with other runners"}
      </Fact>
      {verified && (
        <Fact name="Verified">
          <TimeAgo at={verified.at} />:{" "}
          {verified.isWhole
            ? "all is there"
            : `${verified.profilesHit === 1 ? "1 profile has" : `${verified.profilesHit} profiles have`} lost something`}
        </Fact>
      )}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Text size="sm" component="div">
      <Text span c="dimmed" size="sm">
        {name}:{" "}
      </Text>
      {children}
    </Text>
  );
}

const counted = (count: number, noun: string) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
