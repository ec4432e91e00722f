"use client";

import type { SigningKeyView } from "@deskhand/shared/schemas/signing-key";
import { Code, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { CardTable } from "@/components/card-table";
import { ConfirmButton } from "@/components/confirm-button";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** The keys with which this project's people sign what they deploy, and the runners that trust them. */
export function SigningKeysPanel() {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const list = useQuery(trpc.signingKey.list.queryOptions({ projectId }));
  const keys = list.data?.items ?? [];
  return (
    <Panel
      title="Signing keys"
      description="Runners that demand signatures do only what one of these keys signed, and only when the key was approved on the runner’s own computer. The keys themselves are in your browsers and command lines, never on the server."
      flush={list.isPending || keys.length > 0}
    >
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isSuccess && keys.length === 0 ? (
        <Text size="sm" c="dimmed">
          None yet. A browser gets its key when it asks a runner for approval, a command line with its first “deskhand deploy”.
        </Text>
      ) : (
        <CardTable label="Signing keys" columns={["Key", "Trusted by", "Last used", ""]} loading={list.isPending} lines={2} plain>
          {keys.map((key) => (
            <KeyRow key={key.id} signingKey={key} />
          ))}
        </CardTable>
      )}
    </Panel>
  );
}

function KeyRow({ signingKey }: { signingKey: SigningKeyView }) {
  const trpc = useTRPC();
  const revoke = useMutation(trpc.signingKey.revoke.mutationOptions({ onSuccess: () => notifyDone(`${signingKey.name} was revoked.`) }));
  const trusting = signingKey.runners.filter(({ status }) => status === "approved");
  const asked = signingKey.runners.filter(({ status }) => status === "pending" || status === "requested");
  const waits = asked.length === 0 ? null : `asks ${asked.map(({ runnerName }) => runnerName).join(", ")}`;
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Text fw={500} size="sm">
            {signingKey.name}
            {signingKey.own ? "" : ` of ${signingKey.ownerName}`}
          </Text>
          <Code>{signingKey.fingerprint}</Code>
        </div>
      </CardTable.Cell>
      <CardTable.Cell label="Trusted by">
        {[trusting.map(({ runnerName }) => runnerName).join(", "), waits].filter(Boolean).join("; ") || "No runner"}
      </CardTable.Cell>
      <CardTable.Cell label="Last used">{signingKey.lastUsedAt ? <TimeAgo at={signingKey.lastUsedAt} /> : "Never"}</CardTable.Cell>
      <CardTable.Cell align="right">
        {signingKey.revokedAt ? (
          <Text size="sm" c="dimmed" component="span">
            Revoked
          </Text>
        ) : (
          <ConfirmButton
            size="compact-sm"
            aria-label={`Revoke ${signingKey.name}`}
            title={`Revoke ${signingKey.name}?`}
            confirmLabel="Revoke key"
            message="What it signs is refused from now on, by the server and by each runner that trusted it. It cannot be brought back from here."
            onConfirm={() => revoke.mutateAsync({ id: signingKey.id })}
          >
            Revoke
          </ConfirmButton>
        )}
      </CardTable.Cell>
    </CardTable.Row>
  );
}
