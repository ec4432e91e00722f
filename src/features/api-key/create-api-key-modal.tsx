"use client";

import { type ApiKeyScope, apiKeyScope, createApiKeyInput } from "@deskhand/shared/schemas/api-key";
import { Button, Checkbox, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { NewSecret } from "@/components/new-secret";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { scopeWords } from "./scope-words.ts";

/** Makes a key and shows it this once. Clicking beside the dialog does not close it while the key is shown. */
export function CreateApiKeyModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const trpc = useTRPC();
  const create = useMutation(trpc.apiKey.create.mutationOptions());
  const close = () => {
    create.reset();
    onClose();
  };
  const key = create.data?.key;
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={key ? "Copy your API key" : "Create API key"}
      closeOnClickOutside={!key}
      closeOnEscape={!key}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {key ? (
        <NewSecret label="API key" secret={key} onDone={close}>
          Keep it where you keep passwords. Deskhand stores only its hash and cannot show it again.
        </NewSecret>
      ) : (
        <CreateApiKeyForm create={create} onCancel={close} />
      )}
    </Modal>
  );
}

type Create = {
  mutate: (input: { projectId: string; name: string; scopes: ApiKeyScope[] }) => void;
  isPending: boolean;
  isError: boolean;
  error: unknown;
};

function CreateApiKeyForm({ create, onCancel }: { create: Create; onCancel: () => void }) {
  const { id: projectId } = useProject();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", scopes: ["read", "run"] as ApiKeyScope[] },
    validate: schemaResolver(createApiKeyInput),
  });
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate({ projectId, ...values }))} noValidate>
      <Stack>
        {create.isError && <ErrorState error={create.error} />}
        <TextInput
          label="Name"
          description="What it is for, so that you know what breaks when you revoke it."
          placeholder="Nightly job"
          maxLength={80}
          data-autofocus
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <Checkbox.Group
          label="Scopes"
          description="Give it no more than it needs."
          key={form.key("scopes")}
          {...form.getInputProps("scopes")}
        >
          <Stack gap="sm" mt="sm">
            {apiKeyScope.options.map((scope) => (
              <Checkbox key={scope} value={scope} label={scopeWords[scope].label} description={scopeWords[scope].description} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Text size="xs" c="dimmed">
          The key works for this project only.
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create API key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
