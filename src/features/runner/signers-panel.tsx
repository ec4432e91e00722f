"use client";

import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { SignerStatus } from "@deskhand/shared/schemas/signing-key";
import { Code, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { CardTable } from "@/components/card-table";
import { ErrorState } from "@/components/error-state";
import { Panel } from "@/components/panel";
import { StatusBadge, type Tone } from "@/components/status-badge";
import { useTRPC } from "@/trpc/client";

const words: Record<SignerStatus, { label: string; tone: Tone }> = {
  requested: { label: "Not heard of yet", tone: "idle" },
  pending: { label: "Asks", tone: "wait" },
  approved: { label: "Approved", tone: "good" },
  rejected: { label: "Turned away", tone: "bad" },
  revoked: { label: "Revoked", tone: "bad" },
};

/** Whether a runner demands signatures, and whose it takes: told here, decided on its computer. */
export function SignersPanel({ runner }: { runner: RunnerView }) {
  const trpc = useTRPC();
  const list = useQuery(trpc.signingKey.list.queryOptions({ projectId: runner.projectId }));
  const rows = (list.data?.items ?? []).flatMap((key) => {
    const status = key.runners.find(({ runnerId }) => runnerId === runner.id)?.status;
    return status ? [{ ...key, status }] : [];
  });
  return (
    <Panel
      title="Signatures"
      description={
        runner.signaturesRequired
          ? "This runner does only what was signed by a key that was approved on its computer. Not even this server can make it do anything else."
          : "This runner also does what nobody signed: its owner turned the demand off on its computer, so it trusts this server. “deskhand policy set signatures required” turns it on there."
      }
      flush={rows.length > 0}
    >
      {list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          No key has asked to sign for it yet.
        </Text>
      ) : (
        <CardTable label="Who may sign for this runner" columns={["Key", "Whose", "State"]} lines={2} plain>
          {rows.map(({ id, name, fingerprint, ownerName, status }) => (
            <CardTable.Row key={id}>
              <CardTable.Cell>
                <div>
                  <Text fw={500} size="sm">
                    {name}
                  </Text>
                  <Code>{fingerprint}</Code>
                </div>
              </CardTable.Cell>
              <CardTable.Cell label="Whose">{ownerName}</CardTable.Cell>
              <CardTable.Cell label="State">
                <StatusBadge tone={words[status].tone}>{words[status].label}</StatusBadge>
              </CardTable.Cell>
            </CardTable.Row>
          ))}
        </CardTable>
      )}
    </Panel>
  );
}
