"use client";

import { createProjectInput } from "@deskhand/shared/schemas/project";
import { Button, Group, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { ErrorState } from "@/components/error-state";
import { useTRPC } from "@/trpc/client";

/** Asks for a name and makes a project of it; `onCreated` gets its id once the list knows it. */
export function CreateProjectForm({ onCreated }: { onCreated: (projectId: string) => void }) {
  const trpc = useTRPC();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "" }, validate: schemaResolver(createProjectInput) });
  const create = useMutation(
    trpc.project.create.mutationOptions({
      onSuccess: (project) => onCreated(project.id),
    }),
  );
  return (
    <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
      {create.isError && <ErrorState error={create.error} mb="md" />}
      <TextInput
        label="Project name"
        placeholder="Back office"
        maxLength={80}
        data-autofocus
        key={form.key("name")}
        {...form.getInputProps("name")}
      />
      <Group justify="flex-end" mt="lg">
        <Button type="submit" loading={create.isPending}>
          Create project
        </Button>
      </Group>
    </form>
  );
}
