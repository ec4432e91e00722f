"use client";

import type { ApiKeyView } from "@deskhand/shared/schemas/api-key";
import { Anchor, Badge, Button, Code, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { CardTable } from "@/components/card-table";
import { ConfirmButton } from "@/components/confirm-button";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { PageHeader } from "@/components/page-header";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { CreateApiKeyModal } from "./create-api-key-modal.tsx";
import { scopeWords } from "./scope-words.ts";

const columns = ["Key", "Scopes", "Created", "Last used", ""];

/** The project's API keys. Members without the right to manage them are told who has it. */
export function ApiKeyList() {
  const trpc = useTRPC();
  const project = useProject();
  const mayManage = project.role !== "member";
  const [creating, { open, close }] = useDisclosure(false);
  const list = useQuery(trpc.apiKey.list.queryOptions({ projectId: project.id }, { enabled: mayManage }));
  const keys = list.data?.items ?? [];
  const createButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
      Create API key
    </Button>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        description={
          <>
            For scripts, CI and the command line, with the same power as this dashboard. The{" "}
            <Anchor component={Link} href="/dashboard/api" inherit underline="always">
              API reference
            </Anchor>{" "}
            lists every call.
          </>
        }
        actions={mayManage && createButton}
      />
      {!mayManage ? (
        <EmptyState
          icon={<IconKey size={26} stroke={1.5} aria-hidden />}
          title="API keys are for owners and admins"
          description="Ask an owner or admin of this project to make one for you."
        />
      ) : list.isError && !list.data ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : list.isSuccess && keys.length === 0 ? (
        <EmptyState
          icon={<IconKey size={26} stroke={1.5} aria-hidden />}
          title="No API key yet"
          description="Create one to deploy workflows from a terminal or a script."
          action={createButton}
        />
      ) : (
        <CardTable label="API keys" columns={columns} loading={list.isPending} lines={2}>
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} />
          ))}
        </CardTable>
      )}
      <CreateApiKeyModal opened={creating} onClose={close} />
    </>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKeyView }) {
  const trpc = useTRPC();
  const revoke = useMutation(trpc.apiKey.revoke.mutationOptions({ onSuccess: () => notifyDone(`${apiKey.name} was revoked.`) }));
  return (
    <CardTable.Row>
      <CardTable.Cell>
        <div>
          <Text fw={500} size="sm">
            {apiKey.name}
          </Text>
          <Code>{apiKey.prefix}…</Code>
        </div>
      </CardTable.Cell>
      <CardTable.Cell label="Scopes">
        <Group gap={4}>
          {apiKey.scopes.map((scope) => (
            <Badge key={scope} variant="default" size="lg" fz="xs">
              {scopeWords[scope].label}
            </Badge>
          ))}
        </Group>
      </CardTable.Cell>
      <CardTable.Cell label="Created">
        <span>
          <TimeAgo at={apiKey.createdAt} /> by {apiKey.createdBy}
        </span>
      </CardTable.Cell>
      <CardTable.Cell label="Last used">{apiKey.lastUsedAt ? <TimeAgo at={apiKey.lastUsedAt} /> : "Never"}</CardTable.Cell>
      <CardTable.Cell align="right">
        {apiKey.revokedAt ? (
          <Text size="sm" c="dimmed" component="span">
            Revoked
          </Text>
        ) : (
          <ConfirmButton
            size="compact-sm"
            aria-label={`Revoke ${apiKey.name}`}
            title={`Revoke ${apiKey.name}?`}
            confirmLabel="Revoke key"
            message="Whatever uses this key is refused from now on. A revoked key cannot be brought back; make a new one instead."
            onConfirm={() => revoke.mutateAsync({ id: apiKey.id })}
          >
            Revoke
          </ConfirmButton>
        )}
      </CardTable.Cell>
    </CardTable.Row>
  );
}
