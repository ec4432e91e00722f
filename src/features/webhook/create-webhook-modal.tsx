"use client";

import { createWebhookInput } from "@deskhand/shared/schemas/webhook";
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { NewSecret } from "@/components/new-secret";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

/** Makes a webhook and shows its secret this once. Clicking beside the dialog does not close it while the secret is shown. */
export function CreateWebhookModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const create = useMutation(trpc.webhook.create.mutationOptions());
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "", url: "" }, validate: schemaResolver(createWebhookInput) });
  const close = () => {
    create.reset();
    form.reset();
    onClose();
  };
  const secret = create.data?.secret;
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret ? "Copy the signing secret" : "Add webhook"}
      closeOnClickOutside={!secret}
      closeOnEscape={!secret}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {secret ? (
        <NewSecret label="Signing secret" secret={secret} onDone={close}>
          Your receiver verifies each message with it. Deskhand does not show it again; you can make a new one at any time.
        </NewSecret>
      ) : (
        <form onSubmit={form.onSubmit((values) => create.mutate({ projectId, ...values }))} noValidate>
          <Stack>
            {create.isError && <ErrorState error={create.error} />}
            <TextInput
              label="Name"
              placeholder="Status page"
              maxLength={80}
              data-autofocus
              key={form.key("name")}
              {...form.getInputProps("name")}
            />
            <TextInput
              label="Address"
              description="Gets a POST with JSON for each alert, by https."
              placeholder="https://example.com/hooks/deskhand"
              inputMode="url"
              maxLength={2000}
              key={form.key("url")}
              {...form.getInputProps("url")}
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Add webhook
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
