"use client";

import { createProjectInput, type ProjectView } from "@deskhand/shared/schemas/project";
import { Button, Group, Text, TextInput } from "@mantine/core";
import { schemaResolver, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { CopyIcon } from "@/components/copy-field";
import { ErrorState } from "@/components/error-state";
import { Facts } from "@/components/facts";
import { notifyDone } from "@/components/notify";
import { Panel } from "@/components/panel";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import classes from "./project-panel.module.css";

/** The current project's name, which its owner changes, and its id. */
export function ProjectPanel() {
  const project = useProject();
  const mayRename = project.role === "owner";
  return (
    <Panel title="Project" description={mayRename ? undefined : "Its owner can change the name."}>
      {mayRename ? <RenameProject project={project} /> : <Facts items={[{ label: "Project name", value: project.name }]} />}
      <Group gap={4} mt="md" wrap="nowrap">
        <Text size="xs" c="dimmed">
          Project id <code>{project.id}</code>
        </Text>
        <CopyIcon label="Copy the project id" value={project.id} />
      </Group>
    </Panel>
  );
}

function RenameProject({ project }: { project: ProjectView }) {
  const trpc = useTRPC();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: project.name }, validate: schemaResolver(createProjectInput) });
  const rename = useMutation(trpc.project.rename.mutationOptions({ onSuccess: () => notifyDone("The project was renamed.") }));
  return (
    <form onSubmit={form.onSubmit(({ name }) => rename.mutate({ id: project.id, name }))} noValidate>
      {rename.isError && <ErrorState error={rename.error} mb="md" />}
      <div className={classes.row}>
        <TextInput label="Project name" maxLength={80} className={classes.name} key={form.key("name")} {...form.getInputProps("name")} />
        <Button type="submit" variant="default" loading={rename.isPending} className={classes.save}>
          Save
        </Button>
      </div>
    </form>
  );
}
