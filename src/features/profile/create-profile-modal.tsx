"use client";

import { createProfileInput } from "@deskhand/shared/schemas/profile";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { notifyDone } from "@/components/notify";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";

type Props = { opened: boolean; onClose: () => void; runners: RunnerView[]; preferredRunnerId: string | null };

/** Asks for a name and the runner that the profile will live on. */
export function CreateProfileModal(props: Props) {
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Create profile" size="md" closeButtonProps={{ "aria-label": "Close" }}>
      <CreateProfileForm {...props} />
    </Modal>
  );
}

function CreateProfileForm({ onClose, runners, preferredRunnerId }: Props) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", runnerId: preferredRunnerId ?? runners[0]?.id ?? "" },
    validate: schemaResolver(createProfileInput),
  });
  const create = useMutation(
    trpc.profile.create.mutationOptions({
      onSuccess: ({ name }) => {
        notifyDone(`${name} was created.`);
        onClose();
      },
    }),
  );
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate({ projectId, ...values }))} noValidate>
      <Stack gap="md">
        {create.isError && <ErrorState error={create.error} />}
        <TextInput
          label="Name"
          placeholder="Shop account 1"
          maxLength={80}
          data-autofocus
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <Select
          label="Runner"
          description="The profile lives there and cannot be moved."
          data={runners.map(({ id, name, online }) => ({ value: id, label: online ? name : `${name} (offline)` }))}
          allowDeselect={false}
          key={form.key("runnerId")}
          {...form.getInputProps("runnerId")}
        />
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create profile
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
