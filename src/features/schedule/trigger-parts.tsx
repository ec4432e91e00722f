import { Anchor, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { ConfirmButton } from "@/components/confirm-button";
import { CopyField } from "@/components/copy-field";
import { wordsOfRefusal } from "@/components/error-words";
import { NewSecret } from "@/components/new-secret";
import { notifyError } from "@/components/notify";
import { TimeAgo } from "@/components/time-ago";
import { useTRPC } from "@/trpc/client";

/** Which workflow's runs it follows. */
export function AfterPart({ deploymentId, projectId }: { deploymentId: string; projectId: string }) {
  const trpc = useTRPC();
  const triggers = useQuery(trpc.trigger.list.queryOptions({ projectId, deploymentId, limit: 1 }));
  const trigger = triggers.data?.items[0];
  if (trigger?.schedule.when.kind !== "after") return null;
  const { workflowId } = trigger.schedule.when;
  if (trigger.afterWorkflowName === null) {
    return (
      <Text size="sm" c="dimmed">
        The workflow that it follows was deleted.
      </Text>
    );
  }
  return (
    <Text size="sm">
      It follows runs of{" "}
      <Anchor component={Link} href={`/dashboard/workflows/${workflowId}`} inherit underline="always">
        {trigger.afterWorkflowName}
      </Anchor>{" "}
      on this runner.
    </Text>
  );
}

/** Where messages come in that begin this deployment, and what they are signed with. */
export function WebhookPart({ deploymentId, projectId }: { deploymentId: string; projectId: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const triggers = useQuery(trpc.trigger.list.queryOptions({ projectId, deploymentId, limit: 1 }));
  const [secret, setSecret] = useState<string | null>(null);
  const after = { onSettled: () => queryClient.invalidateQueries(trpc.trigger.pathFilter()), onError: notifyError };
  const rotate = useMutation(trpc.trigger.newSecret.mutationOptions({ ...after, onSuccess: (made) => setSecret(made.secret) }));
  const change = useMutation(trpc.trigger.change.mutationOptions(after));
  const webhook = triggers.data?.items[0]?.webhook;
  if (!webhook) return null;
  const { id, url, hasSecret, disabledAt, lastCalledAt, lastRefusal, lastRefusedAt } = webhook;
  return (
    <Stack gap="xs">
      <Text size="sm">
        {disabledAt
          ? "Switched off: no message is taken."
          : hasSecret
            ? "A signed POST to this address begins it."
            : "Nothing is taken yet: make the secret that messages are signed with."}
      </Text>
      <CopyField label="Address" value={url} wrap />
      <Text size="xs" c="dimmed">
        {lastCalledAt ? (
          <>
            Last message <TimeAgo at={lastCalledAt} />
          </>
        ) : (
          "No message has come yet"
        )}
        {lastRefusal && lastRefusedAt && (
          <>
            {" · "}last refused <TimeAgo at={lastRefusedAt} />: {wordsOfRefusal(lastRefusal)}
          </>
        )}
      </Text>
      <Group gap="xs">
        {hasSecret ? (
          <ConfirmButton
            size="xs"
            title="Make a new secret?"
            confirmLabel="Make new secret"
            message="The old one is good for 24 hours more, so that you can change who calls without losing anything."
            onConfirm={() => rotate.mutateAsync({ id })}
          >
            New secret
          </ConfirmButton>
        ) : (
          <Button size="xs" loading={rotate.isPending} onClick={() => rotate.mutate({ id })}>
            Make the secret
          </Button>
        )}
        <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate({ id, enabled: disabledAt !== null })}>
          {disabledAt ? "Switch on" : "Switch off"}
        </Button>
      </Group>
      <Modal opened={secret !== null} onClose={() => setSecret(null)} title="Secret of the webhook">
        <NewSecret label="Signing secret" secret={secret ?? ""} onDone={() => setSecret(null)}>
          Put it where your program keeps its secrets. Messages are signed by the Standard Webhooks specification.
        </NewSecret>
      </Modal>
    </Stack>
  );
}
