"use client";

import { type WebhookView, webhookUrl } from "@deskhand/shared/schemas/webhook";
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconSend } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import * as z from "zod";
import { ConfirmButton } from "@/components/confirm-button";
import { ErrorState } from "@/components/error-state";
import { NewSecret } from "@/components/new-secret";
import { notifyDone, notifyError } from "@/components/notify";
import { useTRPC } from "@/trpc/client";

/** What owners and admins can do with a webhook. */
export function WebhookActions({ webhook }: { webhook: WebhookView }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { id, name } = webhook;
  const enabled = webhook.disabledAt === null;
  const [editing, edit] = useDisclosure(false);
  const test = useMutation(
    trpc.webhook.test.mutationOptions({ onSuccess: () => notifyDone("A test is on its way."), onError: notifyError }),
  );
  const change = useMutation(
    trpc.webhook.change.mutationOptions({
      onSuccess: ({ disabledAt }) => notifyDone(disabledAt ? `${name} was disabled.` : `${name} was enabled.`),
      onError: notifyError,
    }),
  );
  const rotate = useMutation(trpc.webhook.rotateSecret.mutationOptions());
  const remove = useMutation(trpc.webhook.delete.mutationOptions({ onSuccess: () => router.push("/dashboard/alerts") }));
  return (
    <>
      <Group gap="xs" mt="lg">
        <Button
          size="xs"
          leftSection={<IconSend size={14} aria-hidden />}
          disabled={!enabled}
          loading={test.isPending}
          onClick={() => test.mutate({ id })}
        >
          Send a test
        </Button>
        <Button size="xs" variant="default" onClick={edit.open}>
          Change address
        </Button>
        <ConfirmButton
          size="xs"
          title="Make a new signing secret?"
          confirmLabel="Make new secret"
          message="Messages are signed with both secrets for 24 hours, so that you can change your receiver without losing any. Then the old one is of no use."
          onConfirm={() => rotate.mutateAsync({ id })}
        >
          New secret
        </ConfirmButton>
        {enabled ? (
          <ConfirmButton
            size="xs"
            title={`Disable ${name}?`}
            confirmLabel="Disable webhook"
            message="Nothing is sent to it any more, and what waits for it counts as failed. You can enable it again and send that again."
            onConfirm={() => change.mutateAsync({ id, enabled: false })}
          >
            Disable
          </ConfirmButton>
        ) : (
          <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate({ id, enabled: true })}>
            Enable
          </Button>
        )}
        <ConfirmButton
          size="xs"
          title={`Delete ${name}?`}
          confirmLabel="Delete webhook"
          message="Its deliveries are deleted with it, and rules do not tell it any more. This cannot be undone."
          onConfirm={() => remove.mutateAsync({ id })}
        >
          Delete
        </ConfirmButton>
      </Group>
      <Modal opened={editing} onClose={edit.close} title="Change address" closeButtonProps={{ "aria-label": "Close" }}>
        <AddressForm webhook={webhook} onClose={edit.close} />
      </Modal>
      <Modal
        opened={rotate.data !== undefined}
        onClose={rotate.reset}
        title="Copy the signing secret"
        closeOnClickOutside={false}
        closeOnEscape={false}
        closeButtonProps={{ "aria-label": "Close" }}
      >
        <NewSecret label="Signing secret" secret={rotate.data?.secret ?? ""} onDone={rotate.reset}>
          Put it into your receiver within 24 hours. Until then messages carry a signature of the old one as well.
        </NewSecret>
      </Modal>
    </>
  );
}

function AddressForm({ webhook, onClose }: { webhook: WebhookView; onClose: () => void }) {
  const trpc = useTRPC();
  const form = useForm({ initialValues: { url: webhook.url }, validate: schemaResolver(z.object({ url: webhookUrl })) });
  const change = useMutation(
    trpc.webhook.change.mutationOptions({
      onSuccess: () => {
        notifyDone("The address was changed.");
        onClose();
      },
    }),
  );
  return (
    <form onSubmit={form.onSubmit(({ url }) => change.mutate({ id: webhook.id, url }))} noValidate>
      <Stack>
        {change.isError && <ErrorState error={change.error} />}
        <TextInput label="Address" inputMode="url" maxLength={2000} data-autofocus {...form.getInputProps("url")} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
